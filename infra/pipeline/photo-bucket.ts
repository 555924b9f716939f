import { Aws, Duration, Fn, type RemovalPolicy, Stack, Validations } from 'aws-cdk-lib';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { Bucket, type CfnBucket, HttpMethods } from 'aws-cdk-lib/aws-s3';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { API_FOLDER } from '../../functions/shared/item.ts';
import { BUCKET, grantAbsence, grantObjects } from '../objects.ts';

export interface PhotoBucketProps {
  /** Receives an event notification for every photo that is put, deleted or expires. */
  readonly uploadQueue: Queue;
  /** Photos are deleted this many days after their upload; 0 keeps them. */
  readonly photoDays: number;
  readonly removalPolicy: RemovalPolicy;
}

/** Where users drop their photos. */
export class PhotoBucket extends Construct {
  readonly bucket: Bucket;

  constructor(scope: Construct, id: string, { uploadQueue, photoDays, removalPolicy }: PhotoBucketProps) {
    super(scope, id);
    // S3 checks, when the bucket is made, that it may send to the queue: the queue's policy has to be there
    // first and has to know the bucket's name. The time in the stack's own id makes that name unique, and new
    // again when a stack is deployed beside the bucket that an earlier one left behind.
    const stack = Stack.of(this);
    const uuid = Fn.split('-', Fn.select(2, Fn.split('/', stack.stackId)));
    const bucketName = Fn.join('-', [stack.stackName, 'photos', Fn.select(0, uuid), Fn.select(1, uuid)]);
    const bucketArn = stack.formatArn({ service: 's3', region: '', account: '', resource: bucketName });
    const { policyDependable } = uploadQueue.addToResourcePolicy(
      new PolicyStatement({
        principals: [new ServicePrincipal('s3.amazonaws.com')],
        actions: ['sqs:SendMessage'],
        resources: [uploadQueue.queueArn],
        conditions: {
          ArnEquals: { 'aws:SourceArn': bucketArn },
          StringEquals: { 'aws:SourceAccount': Aws.ACCOUNT_ID },
        },
      }),
    );

    this.bucket = new Bucket(this, 'Bucket', {
      bucketName,
      ...BUCKET,
      lifecycleRules: [
        {
          abortIncompleteMultipartUploadAfter: Duration.days(1),
          ...(photoDays > 0 && { expiration: Duration.days(photoDays) }),
        },
      ],
      removalPolicy,
    });
    if (policyDependable) this.bucket.node.addDependency(policyDependable);
    // The bucket's own property: `addEventNotification` would bring a custom resource with rights to every bucket.
    const resource = this.bucket.node.defaultChild as CfnBucket;
    resource.notificationConfiguration = {
      queueConfigurations: ['s3:ObjectCreated:*', 's3:ObjectRemoved:*', 's3:LifecycleExpiration:*'].map(
        (event) => ({
          event,
          queue: uploadQueue.queueArn,
        }),
      ),
    };
    Validations.of(this).acknowledge({
      id: 'AwsSolutions-S1',
      reason:
        'Server access logs would keep photo names and callers longer than the photos; accounts that need an audit ' +
        'trail record S3 data events with CloudTrail.',
    });
  }

  /** Lets web pages on these origins upload photos with the forms that the HTTP API gives them. */
  allowUploads(...origins: string[]): void {
    this.bucket.addCorsRule({ allowedMethods: [HttpMethods.POST], allowedOrigins: origins, maxAge: 3600 });
  }

  /** Lets a function read any photo and its tags, and upload and erase those below `api/`. */
  grantManage(handler: LambdaFunction): void {
    this.#grantAnalyse(handler);
    grantObjects(this.bucket, handler, ['s3:PutObject', 's3:DeleteObject'], API_FOLDER);
    handler.addEnvironment('PHOTO_BUCKET', this.bucket.bucketName);
  }

  /** Lets a function read any photo and its tags, and erase those below `api/`: some come when their form is void. */
  grantReceive(handler: LambdaFunction): void {
    this.#grantAnalyse(handler);
    grantObjects(this.bucket, handler, ['s3:DeleteObject'], API_FOLDER);
  }

  /** Lets a function see whether a photo is there, and in which version. S3 has no other action for that than reading. */
  grantLook(handler: LambdaFunction): void {
    this.#grantRead(handler);
    handler.addEnvironment('PHOTO_BUCKET', this.bucket.bucketName);
  }

  /** Lets a function read photos, and the tags that may keep it from it. */
  #grantAnalyse(handler: LambdaFunction): void {
    this.#grantRead(handler, 's3:GetObjectTagging');
  }

  #grantRead(handler: LambdaFunction, ...more: string[]): void {
    grantObjects(this.bucket, handler, ['s3:GetObject', ...more]);
    grantAbsence(this.bucket, handler);
  }
}
