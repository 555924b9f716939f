import { Stack, Validations } from 'aws-cdk-lib';
import { Grant, type Role } from 'aws-cdk-lib/aws-iam';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import {
  BlockPublicAccess,
  type Bucket,
  BucketEncryption,
  type BucketProps,
  type CfnBucket,
} from 'aws-cdk-lib/aws-s3';

/** What all buckets have in common. */
export const BUCKET = {
  blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
  encryption: BucketEncryption.S3_MANAGED,
  enforceSSL: true,
} as const satisfies BucketProps;

/** What works on data: a function, or what runs in a role. */
export type Worker = LambdaFunction | Role;

/** Lets a function act on a bucket's objects, whatever their keys, as far as these begin with `prefix`. */
export function grantObjects(bucket: Bucket, handler: Worker, actions: string[], prefix = ''): void {
  Grant.addToPrincipal({ grantee: handler, actions, resourceArns: [bucket.arnForObjects(`${prefix}*`)] });
  const logicalId = Stack.of(bucket).getLogicalId(bucket.node.defaultChild as CfnBucket);
  Validations.of(('role' in handler && handler.role) || handler).acknowledge({
    id: `AwsSolutions-IAM5[Resource::<${logicalId}.Arn>/${prefix}*]`,
    reason: 'Objects are named by their keys, which users choose; the actions are narrowed to one bucket.',
  });
}

/**
 * Lets a function find out that an object is not there: without the right to list the bucket, S3 answers
 * "access denied" instead of "no such key".
 */
export function grantAbsence(bucket: Bucket, handler: Worker): void {
  Grant.addToPrincipal({ grantee: handler, actions: ['s3:ListBucket'], resourceArns: [bucket.bucketArn] });
}
