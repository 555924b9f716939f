import { Duration, type RemovalPolicy, Validations } from 'aws-cdk-lib';
import { BlockPublicAccess, Bucket, BucketEncryption } from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import { FOLDER } from '../functions/trainings/folders.ts';

export interface TrainingBucketProps {
  /** Days that checkpoints, logs and products of a training are kept; 0 keeps them. */
  readonly trainingDays: number;
  readonly removalPolicy: RemovalPolicy;
}

/**
 * What trainings read and make: `datasets/NAME/` as users put them there, `prepared/NAME/HASH/` the faces cut out
 * of them, `trainings/ID/` checkpoints, logs and products, `models/TASK/` those that may serve. Not the photo
 * bucket, in which everything is analysed and kept for another time.
 */
export class TrainingBucket extends Construct {
  readonly bucket: Bucket;

  constructor(scope: Construct, id: string, { trainingDays, removalPolicy }: TrainingBucketProps) {
    super(scope, id);
    this.bucket = new Bucket(this, 'Bucket', {
      blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
      encryption: BucketEncryption.S3_MANAGED,
      enforceSSL: true,
      lifecycleRules: [
        { abortIncompleteMultipartUploadAfter: Duration.days(1) },
        ...(trainingDays > 0 ? [{ prefix: FOLDER.trainings, expiration: Duration.days(trainingDays) }] : []),
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
}
