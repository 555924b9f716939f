import { Duration } from 'aws-cdk-lib';
import { Errors, type RetryProps } from 'aws-cdk-lib/aws-stepfunctions';

/** What crashed, ran out of time or memory, or was throttled, is tried again: it goes on from where it was. */
export const AGAIN: RetryProps = {
  errors: [Errors.ALL],
  interval: Duration.seconds(5),
  backoffRate: 2,
  maxAttempts: 3,
};
