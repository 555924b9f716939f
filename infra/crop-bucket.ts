import { Duration, RemovalPolicy, Validations } from 'aws-cdk-lib';
import { Grant } from 'aws-cdk-lib/aws-iam';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { BlockPublicAccess, Bucket, BucketEncryption } from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';

/** Where detect leaves the faces for age and gender, for as long as they work on them and never beyond a day. */
export class CropBucket extends Construct {
  readonly bucket: Bucket;

  constructor(scope: Construct, id: string) {
    super(scope, id);
    this.bucket = new Bucket(this, 'Bucket', {
      blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
      encryption: BucketEncryption.S3_MANAGED,
      enforceSSL: true,
      lifecycleRules: [
        { expiration: Duration.days(1), abortIncompleteMultipartUploadAfter: Duration.days(1) },
      ],
      removalPolicy: RemovalPolicy.DESTROY,
    });
    Validations.of(this).acknowledge({
      id: 'AwsSolutions-S1',
      reason: 'Only the three functions read and write it, and what they write lives for seconds.',
    });
  }

  /** Lets a function leave crops and take them away again. */
  grantWrite(handler: LambdaFunction): void {
    this.grant(handler, 's3:PutObject', 's3:DeleteObject');
  }

  /** Lets a function read crops and take them away when they are no longer needed. */
  grantRead(handler: LambdaFunction): void {
    this.grant(handler, 's3:GetObject', 's3:DeleteObject');
    // Without it, S3 answers "access denied" instead of "no such key" for crops that have been taken away.
    Grant.addToPrincipal({
      grantee: handler,
      actions: ['s3:ListBucket'],
      resourceArns: [this.bucket.bucketArn],
    });
  }

  private grant(handler: LambdaFunction, ...actions: string[]): void {
    Grant.addToPrincipal({ grantee: handler, actions, resourceArns: [this.bucket.arnForObjects('*')] });
    handler.addEnvironment('CROP_BUCKET', this.bucket.bucketName);
  }
}
