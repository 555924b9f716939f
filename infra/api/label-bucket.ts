import { Duration, type RemovalPolicy, Validations } from 'aws-cdk-lib';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import { BUCKET, grantAbsence, grantObjects } from '../objects.ts';

export interface LabelBucketProps {
  readonly removalPolicy: RemovalPolicy;
}

/** Faces that people corrected, and what they said of them: kept to train on until they are erased. */
export class LabelBucket extends Construct {
  readonly bucket: Bucket;

  constructor(scope: Construct, id: string, { removalPolicy }: LabelBucketProps) {
    super(scope, id);
    this.bucket = new Bucket(this, 'Bucket', {
      ...BUCKET,
      lifecycleRules: [{ abortIncompleteMultipartUploadAfter: Duration.days(1) }],
      removalPolicy,
    });
    Validations.of(this).acknowledge({
      id: 'AwsSolutions-S1',
      reason:
        'Server access logs would outlive labels that are erased; accounts that need them use CloudTrail.',
    });
  }

  /** Lets a function find labels and read them. */
  grantRead(handler: LambdaFunction): void {
    grantObjects(this.bucket, handler, ['s3:GetObject']);
    grantAbsence(this.bucket, handler);
    handler.addEnvironment('LABEL_BUCKET', this.bucket.bucketName);
  }

  /** Lets a function keep labels and erase them. */
  grantKeep(handler: LambdaFunction): void {
    grantObjects(this.bucket, handler, ['s3:PutObject']);
    this.grantErase(handler);
  }

  /** Lets a function erase the labels of photos that are gone. */
  grantErase(handler: LambdaFunction): void {
    grantObjects(this.bucket, handler, ['s3:DeleteObject']);
    // To find all labels of a photo.
    grantAbsence(this.bucket, handler);
    handler.addEnvironment('LABEL_BUCKET', this.bucket.bucketName);
  }
}
