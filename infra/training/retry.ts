import { Duration } from 'aws-cdk-lib';
import { Errors, type RetryProps } from 'aws-cdk-lib/aws-stepfunctions';

/** What crashed, or ran out of time or memory, is tried again: it goes on from where it was. */
export const AGAIN: RetryProps = {
  errors: [Errors.ALL],
  interval: Duration.seconds(5),
  backoffRate: 2,
  maxAttempts: 3,
};

/**
 * What AWS had no room for, or got wrong itself, is tried for more than an hour: while photos take all of the account's
 * concurrency, a training waits, and loses nothing.
 */
export const BUSY = {
  errors: [
    'Lambda.TooManyRequestsException',
    'Lambda.ServiceException',
    'Lambda.AWSLambdaException',
    'Lambda.SdkClientException',
    'Lambda.ClientExecutionTimeoutException',
  ],
  interval: Duration.seconds(5),
  backoffRate: 2,
  maxDelay: Duration.minutes(5),
  maxAttempts: 20,
} satisfies RetryProps;
