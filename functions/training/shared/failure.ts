import * as z from 'zod';
import type { TrainingFailure } from './training.ts';

/** What Step Functions says of a failed state. */
export interface StateError {
  readonly Error: string;
  /** From a Lambda function: its answer, as JSON. */
  readonly Cause: string;
}

/** How an execution of the state machine ends that did not succeed. */
export const UNHAPPY_ENDS = ['FAILED', 'TIMED_OUT', 'ABORTED'] as const;

const causeSchema = z.object({ errorMessage: z.string() });

/** Ends of a function that it could say nothing about itself. */
const CRASHES: Readonly<Record<string, TrainingFailure>> = {
  'Sandbox.Timedout': {
    code: 'timed-out',
    message:
      'A step took longer than a function may run, each time it was tried. Use a smaller data set or network, ' +
      'or more memory (trainMemory).',
  },
  'States.Timeout': {
    code: 'timed-out',
    message:
      'AWS Batch found no machine for it, or had to restart it, for longer than a training may take. See the job ' +
      "queue, and the account's quotas.",
  },
  'Runtime.ExitError': {
    code: 'crashed',
    message: 'A step ended without an answer each time it was tried: most likely it ran out of memory.',
  },
  'Runtime.OutOfMemory': {
    code: 'out-of-memory',
    message: 'A step ran out of memory. Use a smaller batch, or more memory (trainMemory).',
  },
  'Lambda.TooManyRequestsException': {
    code: 'no-room',
    message:
      "The account's concurrency was used up for more than an hour. Wait until the backlog of photos is done, lower " +
      'maximumConcurrency, or ask AWS for more.',
  },
  'States.ExceedToleratedFailureThreshold': {
    code: 'not-prepared',
    message: 'Some photos could not be prepared, however often it was tried. See the logs of "prepare".',
  },
};

/** Says why a training failed, in a sentence for whoever started it. */
export function describeFailure({ Error: error, Cause: cause }: StateError): TrainingFailure {
  const crash = CRASHES[error];
  if (crash) return crash;
  // "TrainingError" is "training", "States.DataLimitExceeded" is "data-limit-exceeded".
  const code = error
    .replace(/^.*\./, '')
    .replace(/(?:Error|Exception)$/, '')
    .replaceAll(/(?<=[a-z])(?=[A-Z])/g, '-')
    .toLowerCase();
  return { code: code || 'unknown', message: messageIn(cause) || error };
}

/** Says why an execution ended when no step could say so. */
export function describeEnd(
  status: (typeof UNHAPPY_ENDS)[number],
  { Error: error, Cause: cause }: StateError,
): TrainingFailure {
  if (status === 'ABORTED') {
    const message = 'Its execution was stopped in AWS Step Functions before it was done. Start it again.';
    return { code: 'interrupted', message };
  }
  if (status === 'TIMED_OUT') {
    const message =
      'Its execution took longer than AWS Step Functions allows. Start it again with less to do.';
    return { code: 'timed-out', message };
  }
  return describeFailure({ Error: error, Cause: cause });
}

function messageIn(cause: string): string {
  try {
    return causeSchema.parse(JSON.parse(cause)).errorMessage;
  } catch {
    return cause;
  }
}
