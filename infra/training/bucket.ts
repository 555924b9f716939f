import { Duration, type RemovalPolicy, Validations } from 'aws-cdk-lib';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import { FLEETING_DAYS } from '../../functions/training/shared/budget.ts';
import { FOLDER } from '../../functions/training/shared/folders.ts';
import { CORRECTIONS } from '../../training/dataset/corrections.ts';
import { BUCKET, grantAbsence, grantObjects, type Worker } from '../objects.ts';

export interface TrainingBucketProps {
  /** Days that checkpoints, logs and products of a training are kept; 0 keeps them. */
  readonly trainingDays: number;
  readonly removalPolicy: RemovalPolicy;
}

/**
 * What trainings read and make: `datasets/NAME/` as users put them there, `prepared/NAME/HASH/` the faces cut out
 * of them, `trainings/ID/` checkpoints, logs and products, `models/TASK/` those that may serve, `gallery/` the vectors of
 * people whom users named. Not the photo
 * bucket, in which everything is analysed and kept for another time.
 */
export class TrainingBucket extends Construct {
  readonly bucket: Bucket;

  constructor(scope: Construct, id: string, { trainingDays, removalPolicy }: TrainingBucketProps) {
    super(scope, id);
    this.bucket = new Bucket(this, 'Bucket', {
      ...BUCKET,
      lifecycleRules: [
        { abortIncompleteMultipartUploadAfter: Duration.days(1) },
        // Faces of people who may have theirs erased: cut again from what is there for the next training.
        ...[FOLDER.prepared, FOLDER.features].map((folder) => ({
          prefix: `${folder}${CORRECTIONS}/`,
          expiration: Duration.days(FLEETING_DAYS),
        })),
        ...(trainingDays > 0
          ? [FOLDER.trainings, FOLDER.features].map((prefix) => ({
              prefix,
              expiration: Duration.days(trainingDays),
            }))
          : []),
      ],
      removalPolicy,
    });
    Validations.of(this).acknowledge({
      id: 'AwsSolutions-S1',
      reason:
        'Server access logs would keep photo names longer than the data sets; accounts that need an audit trail ' +
        'record S3 data events with CloudTrail.',
    });
  }

  /** Lets a function read data sets and what is prepared of them, and say what is yet to be prepared. */
  grantSurvey(handler: LambdaFunction): void {
    this.grant(handler, ['s3:GetObject'], FOLDER.datasets, FOLDER.prepared);
    this.grant(handler, ['s3:PutObject'], FOLDER.prepared, FOLDER.trainings);
  }

  /** Lets a function read data sets, and keep the faces that it cuts out of them. */
  grantPrepare(handler: LambdaFunction): void {
    this.grant(handler, ['s3:GetObject'], FOLDER.datasets, FOLDER.prepared);
    this.grant(handler, ['s3:PutObject'], FOLDER.prepared);
  }

  /** Lets a function read prepared faces, and keep its checkpoints, logs and products. */
  grantTrain(handler: Worker): void {
    this.grant(handler, ['s3:GetObject'], FOLDER.prepared, FOLDER.features, FOLDER.trainings);
    // Large files are sent in parts; of a broken one they are taken away.
    this.grant(handler, ['s3:PutObject', 's3:AbortMultipartUpload'], FOLDER.features, FOLDER.trainings);
  }

  /** Lets a function read prepared faces, products and models, publish models with their reports, and put them into service. */
  grantJudge(handler: LambdaFunction): void {
    this.grant(handler, ['s3:GetObject'], FOLDER.prepared, FOLDER.trainings, FOLDER.models);
    this.grant(handler, ['s3:PutObject'], FOLDER.models);
  }

  /** Lets a function read the models in service. */
  grantServe(handler: LambdaFunction): void {
    this.grant(handler, ['s3:GetObject'], FOLDER.models);
  }

  /** Lets a function compare faces with those of people whom users named. */
  grantGallery(handler: LambdaFunction): void {
    this.grant(handler, ['s3:GetObject'], FOLDER.gallery);
  }

  /** Gives a function the bucket's name, and nothing else. */
  name(handler: LambdaFunction): void {
    handler.addEnvironment('TRAINING_BUCKET', this.bucket.bucketName);
  }

  private grant(handler: Worker, actions: string[], ...folders: string[]): void {
    for (const folder of folders) grantObjects(this.bucket, handler, actions, folder);
    grantAbsence(this.bucket, handler);
    if ('addEnvironment' in handler) this.name(handler);
  }
}
