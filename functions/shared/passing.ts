import { S3ServiceException } from '@aws-sdk/client-s3';
import { TimeoutError } from 'p-timeout';
import * as z from 'zod';
import { NotReadyError } from './items.ts';

/** As the AWS SDK describes an answer, or that there was none. */
const errorSchema = z.object({
  name: z.string(),
  code: z.string().optional(),
  $metadata: z.object({ httpStatusCode: z.number().optional() }).optional(),
});

const THROTTLED =
  /Throttl|TooManyRequests|ThroughputExceeded|RequestLimitExceeded|SlowDown|TimeoutError|RequestTimeout/;
const DISCONNECTED = /^(ECONNRESET|ECONNREFUSED|EPIPE|ETIMEDOUT|ENOTFOUND|EAI_AGAIN)$/;

/**
 * Whether an error lies with a service that is busy, out of order or out of reach, or with another function that is not
 * done yet: it says nothing of the message, and passes.
 */
export function isPassing(error: unknown): boolean {
  if (error instanceof NotReadyError) return error.readyAt !== undefined;
  // The function ran out of time, not a service.
  if (error instanceof TimeoutError) return false;
  const { data } = errorSchema.safeParse(error);
  if (!data) return false;
  const status = data.$metadata?.httpStatusCode ?? 0;
  return status === 429 || status >= 500 || THROTTLED.test(data.name) || DISCONNECTED.test(data.code ?? '');
}

/** Whether S3 did not say what it holds, or did not hand it out: another time it may. */
export const isUnanswered = (error: unknown): boolean =>
  isPassing(error) || error instanceof S3ServiceException;
