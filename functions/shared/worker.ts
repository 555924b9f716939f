import { BatchProcessor, EventType, processPartialResponse } from '@aws-lambda-powertools/batch';
import type { PartialItemFailureResponse } from '@aws-lambda-powertools/batch/types';
import { ChangeMessageVisibilityCommand, type SQSClient } from '@aws-sdk/client-sqs';
import type { Context, SQSEvent, SQSRecord } from 'aws-lambda';
import pTimeout, { TimeoutError } from 'p-timeout';
import type { GivenUp } from './item.ts';
import { NotReadyError } from './items.ts';
import { isPassing } from './passing.ts';
import { instrument, type Telemetry } from './telemetry.ts';
import { delayAfter, maximumReceives, type Tries } from './tries.ts';

export interface Work {
  /** Does what a message asks for; `deadline` is when this invocation must have answered. */
  perform(body: string, deadline: Date): Promise<void>;
  /** Records that a message is given up, and why. */
  giveUp(body: string, why: GivenUp, deadline: Date): Promise<void>;
  /** Where it is noted how often messages were tried; without, each time that one is received counts. */
  readonly tries?: Tries;
}

export interface WorkerOptions extends Telemetry {
  /** How often a message is worked on before it is given up. The queue delivers it some times more than that. */
  readonly maximumTries: number;
  /** What the messages come from. */
  readonly queue: { readonly client: SQSClient; readonly url: string };
}

/** Time left after the last piece of work was told to stop, for giving up and answering, in milliseconds. */
const ANSWER_TIME = 2000;

/** The function died, or was not run, as often as there are tries. */
class NotRunError extends Error {
  override readonly name = 'NotRunError';

  constructor() {
    super('the function ran out of time or memory, or AWS had no capacity for it');
  }
}

interface Received {
  readonly record: SQSRecord;
  readonly receives: number;
  /** How often it was tried before; undefined when that is unknown. */
  readonly tried: number | undefined;
}

/**
 * A handler for batches of SQS messages. Messages are independent: one that fails, or takes too long, is
 * reported alone and comes again. A message that has failed for the last time is given up: its item says so,
 * and the queue moves it to its dead-letter queue. What failed comes back after some seconds, and twice as many each
 * time. What passes is not counted as a try: only how often the queue delivers a message then ends it.
 *
 * A message may kill the function, and all messages of its batch then come back. So those that come for the first
 * time have their turn first, side by side, and those that came before after them, one by one, each noted before it
 * is tried: whichever was tried most often comes last, when everything else is done, and no other message is blamed
 * for it.
 */
export function createWorker(work: Work, { maximumTries, queue, ...telemetry }: WorkerOptions) {
  const { logger } = telemetry;

  async function handle({ record, receives, tried = receives - 1 }: Received, deadline: Date): Promise<void> {
    const { body, messageId } = record;
    let tries = tried;
    let counted = false;
    try {
      if (tries >= maximumTries || receives >= maximumReceives(maximumTries)) {
        tries = maximumTries;
        throw new NotRunError();
      }
      if (receives > 1) {
        tries = await before(deadline, () => count(body, tries));
        counted = true;
      }
      await before(deadline, () => work.perform(body, deadline));
    } catch (error) {
      if (isPassing(error)) {
        if (counted) tries = await before(deadline, () => takeBack(body, tries)).catch(() => tries);
      } else if (receives === 1 && Date.now() < deadline.getTime()) {
        // What comes for the first time is noted only now: who killed the function then, nobody knows.
        tries = await before(deadline, () => count(body, tries)).catch(() => receives);
      }
      logger.warn('Could not process a message', { messageId, receives, tries, error });
      if (tries >= maximumTries) await work.giveUp(body, whyGivenUp(error, maximumTries), deadline);
      await hide(record, tries >= maximumTries ? 0 : delayOf(error, receives));
      throw error;
    }
  }

  const count = async (body: string, tries: number) => (await work.tries?.add(body, 1)) ?? tries + 1;
  const takeBack = async (body: string, tries: number) => (await work.tries?.add(body, -1)) ?? tries;

  /** What was given up comes back at once, until the queue moves it to its dead-letter queue. */
  async function hide({ receiptHandle }: SQSRecord, seconds: number): Promise<void> {
    try {
      await queue.client.send(
        new ChangeMessageVisibilityCommand({
          QueueUrl: queue.url,
          ReceiptHandle: receiptHandle,
          VisibilityTimeout: seconds,
        }),
      );
    } catch (error) {
      // It comes back all the same, after the queue's own time.
      logger.warn('Could not shorten the visibility time-out of a message', { error });
    }
  }

  async function look(record: SQSRecord, deadline: Date): Promise<Received> {
    const receives = Number(record.attributes.ApproximateReceiveCount);
    if (receives === 1) return { record, receives, tried: 0 };
    // A body that says nothing, or a store that does not answer: the try of the message will report it.
    const tried = await before(deadline, async () => work.tries?.count(record.body)).catch(() => undefined);
    return { record, receives, tried };
  }

  async function handleAll(
    messages: readonly Received[],
    processInParallel: boolean,
    context: Context,
    deadline: Date,
  ): Promise<PartialItemFailureResponse['batchItemFailures']> {
    if (messages.length === 0) return [];
    const known = new Map(messages.map((message) => [message.record.messageId, message]));
    const event = { Records: messages.map(({ record }) => record) };
    const { batchItemFailures } = await processPartialResponse(
      event,
      async (record: SQSRecord) => {
        const message = known.get(record.messageId);
        if (message) await handle(message, deadline);
      },
      new BatchProcessor(EventType.SQS),
      { context, throwOnFullBatchFailure: false, processInParallel },
    );
    return batchItemFailures;
  }

  return instrument<SQSEvent, PartialItemFailureResponse>(telemetry).handler(
    async (event: SQSEvent, context: Context) => {
      const deadline = new Date(Date.now() + context.getRemainingTimeInMillis() - ANSWER_TIME);
      const messages = await Promise.all(event.Records.map((record) => look(record, deadline)));
      const isNew = ({ receives }: Received) => receives === 1;
      const again = messages
        .filter((message) => !isNew(message))
        .sort((one, other) => (one.tried ?? 0) - (other.tried ?? 0));
      return {
        batchItemFailures: [
          ...(await handleAll(messages.filter(isNew), true, context, deadline)),
          ...(await handleAll(again, false, context, deadline)),
        ],
      };
    },
  );
}

/**
 * Errors of services name accounts, roles and resources, which are nobody's business but of who runs the stack: whoever
 * reads results gets only what this project says itself.
 */
function whyGivenUp(error: unknown, tries: number): GivenUp {
  const cause = error instanceof Error ? error.message : String(error);
  const isOurs = [NotRunError, TimeoutError, NotReadyError].some((kind) => error instanceof kind);
  const given = `Gave up after ${tries === 1 ? 'one try' : `${tries} tries`}`;
  if (isOurs) return { message: `${given}: ${cause}` };
  return { message: `${given}: an internal error. See the logs.`, cause };
}

/** In seconds. */
function delayOf(error: unknown, receives: number): number {
  const readyAt = error instanceof NotReadyError ? error.readyAt : undefined;
  const wait = readyAt ? Math.max(0, Math.ceil((readyAt.getTime() - Date.now()) / 1000)) : 0;
  return wait + delayAfter(readyAt ? 1 : receives);
}

/**
 * Work that is to be over by a deadline. What would begin after it does not begin: it would go on behind the answer, and
 * count as a try.
 * @throws TimeoutError when it is not done by then
 */
async function before<T>(deadline: Date, work: () => Promise<T>): Promise<T> {
  const milliseconds = deadline.getTime() - Date.now();
  const message = 'the function ran out of time';
  if (milliseconds <= 0) throw new TimeoutError(message);
  return pTimeout(work(), { milliseconds, message });
}
