import { Duration, RemovalPolicy, Validations } from 'aws-cdk-lib';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import { BUCKET, grantAbsence, grantObjects } from '../objects.ts';

/** Where detect leaves the chips of faces for those who estimate, for as long as they work on them; S3 deletes after a week what is left. */
export class ChipBucket extends Construct {
  readonly bucket: Bucket;

  constructor(scope: Construct, id: string) {
    super(scope, id);
    this.bucket = new Bucket(this, 'Bucket', {
      ...BUCKET,
      lifecycleRules: [
        // Outages and backlogs may last for days.
        { expiration: Duration.days(7), abortIncompleteMultipartUploadAfter: Duration.days(1) },
      ],
      removalPolicy: RemovalPolicy.DESTROY,
    });
    Validations.of(this).acknowledge({
      id: 'AwsSolutions-S1',
      reason: 'Only functions of the pipeline read and write it, and what they write lives for seconds.',
    });
  }

  /** Lets a function store chips and delete them again. */
  grantWrite(handler: LambdaFunction): void {
    grantObjects(this.bucket, handler, ['s3:PutObject', 's3:DeleteObject']);
    handler.addEnvironment('CHIP_BUCKET', this.bucket.bucketName);
  }

  /** Lets a function delete chips. */
  grantErase(handler: LambdaFunction): void {
    grantObjects(this.bucket, handler, ['s3:DeleteObject']);
    handler.addEnvironment('CHIP_BUCKET', this.bucket.bucketName);
  }

  /** Lets a function read chips and delete them when they are no longer needed. */
  grantRead(handler: LambdaFunction): void {
    grantObjects(this.bucket, handler, ['s3:GetObject', 's3:DeleteObject']);
    grantAbsence(this.bucket, handler);
    handler.addEnvironment('CHIP_BUCKET', this.bucket.bucketName);
  }
}
