import type { S3ClientConfig } from '@aws-sdk/client-s3';

/**
 * How S3 is asked for what a function can do without for now: an answer that does not come, or stops on its way, is not
 * waited for. (The SDK's `requestTimeout` ends nothing: it only logs that it has passed.)
 * @param patience milliseconds
 */
export const hasty = (patience = 5000) =>
  ({
    maxAttempts: 2,
    requestHandler: { connectionTimeout: 1000, socketTimeout: patience },
  }) satisfies S3ClientConfig;
