import { BatchProcessor, EventType, processPartialResponse } from '@aws-lambda-powertools/batch';
import type { PartialItemFailureResponse } from '@aws-lambda-powertools/batch/types';
import type { Context, SQSEvent, SQSRecord } from 'aws-lambda';
import pTimeout from 'p-timeout';
import { instrument, type Telemetry } from './telemetry.ts';

export interface Work {
  /** Does what a message asks for; `deadline` is when this invocation must have answered. */
  perform(body: string, deadline: Date): Promise<void>;
  /** Records that a message is given up, and why. */
  giveUp(body: string, reason: string, deadline: Date): Promise<void>;
}

export interface WorkerOptions extends Telemetry {
  /** How often a message is worked on before it is given up. The queue delivers it once more than that. */
  readonly maximumTries: number;
}

/** Time left for answering after the last piece of work was told to stop, in milliseconds. */
const ANSWER_TIME = 1000;

/**
 * A handler for batches of SQS messages. Messages are independent: one that fails, or takes too long, is
 * reported alone and comes again. A message that has failed for the last time is given up: its item says so,
 * and the queue moves it to its dead-letter queue. That also holds when the function crashed or ran out of
 * time on the last try, as the queue delivers it once more, on which it is only given up.
 */
export function createWorker(work: Work, { maximumTries, ...telemetry }: WorkerOptions) {
  const { logger } = telemetry;
  const processor = new BatchProcessor(EventType.SQS);

  async function handleRecord(record: SQSRecord, deadline: Date): Promise<void> {
    const tries = Number(record.attributes.ApproximateReceiveCount);
    try {
      // Throttled deliveries count, too.
      if (tries > maximumTries)
        throw new Error('the function ran out of time or memory, or AWS had no room for it');
      await before(deadline, work.perform(record.body, deadline));
    } catch (error) {
      logger.warn('Could not process a message', { messageId: record.messageId, tries, error });
      if (tries >= maximumTries) {
        const reason = `Gave up after ${maximumTries === 1 ? 'one try' : `${maximumTries} tries`}: ${error instanceof Error ? error.message : error}`;
        await work.giveUp(record.body, reason, deadline);
      }
      throw error;
    }
  }

  return instrument<SQSEvent, PartialItemFailureResponse>(telemetry).handler(
    (event: SQSEvent, context: Context) => {
      const deadline = new Date(Date.now() + context.getRemainingTimeInMillis() - ANSWER_TIME);
      return processPartialResponse(event, (record: SQSRecord) => handleRecord(record, deadline), processor, {
        context,
        throwOnFullBatchFailure: false,
      });
    },
  );
}

/** @throws TimeoutError when the work is not done by the deadline */
const before = <T>(deadline: Date, work: Promise<T>): Promise<T> =>
  pTimeout(work, {
    milliseconds: Math.max(1, deadline.getTime() - Date.now()),
    message: 'the function ran out of time',
  });
