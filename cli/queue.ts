import { setTimeout as sleep } from 'node:timers/promises';
import {
  ChangeMessageVisibilityBatchCommand,
  DeleteMessageBatchCommand,
  ReceiveMessageCommand,
  SendMessageBatchCommand,
  type SQSClient,
} from '@aws-sdk/client-sqs';

/** SQS's limit for the messages of one call. */
export const BATCH = 10;
const TRIES = 5;

export interface Message {
  readonly id: string;
  readonly body: string;
  readonly receipt: string;
  /** When it was sent, in epoch milliseconds. */
  readonly sentAt: number;
  /** Its attributes that are texts, by name. */
  readonly attributes: Readonly<Record<string, string | undefined>>;
}

/**
 * Sends up to ten messages.
 * @throws Error when SQS refuses one of them again and again; the others may have been sent
 */
export async function sendMessages(sqs: SQSClient, queue: string, bodies: readonly string[]): Promise<void> {
  let left = bodies.map((body, index) => ({ Id: String(index), MessageBody: body }));
  for (let tries = 1; left.length > 0; tries += 1) {
    const { Failed = [] } = await sqs.send(new SendMessageBatchCommand({ QueueUrl: queue, Entries: left }));
    const failed = new Set(Failed.map(({ Id }) => Id));
    left = left.filter(({ Id }) => failed.has(Id));
    if (left.length === 0) return;
    if (tries === TRIES) {
      throw new Error(
        `Expected ${queue} to take a message but it refused: ${Failed[0]?.Message ?? Failed[0]?.Code}.`,
      );
    }
    await sleep(100 * 2 ** tries);
  }
}

/** Receives what a queue holds, up to ten messages at a time, and hides them from others for this many seconds. */
export async function* receiveMessages(
  sqs: SQSClient,
  queue: string,
  hiddenSeconds: number,
): AsyncGenerator<Message[]> {
  for (;;) {
    const { Messages = [] } = await sqs.send(
      new ReceiveMessageCommand({
        QueueUrl: queue,
        MaxNumberOfMessages: BATCH,
        VisibilityTimeout: hiddenSeconds,
        MessageAttributeNames: ['All'],
        MessageSystemAttributeNames: ['SentTimestamp'],
        // Long polling asks all of a queue's servers: an empty answer means an empty queue.
        WaitTimeSeconds: 1,
      }),
    );
    if (Messages.length === 0) return;
    yield Messages.map(
      ({ MessageId = '', Body = '', ReceiptHandle = '', Attributes, MessageAttributes = {} }) => ({
        ...{ id: MessageId, body: Body, receipt: ReceiptHandle },
        sentAt: Number(Attributes?.SentTimestamp ?? 0),
        attributes: Object.fromEntries(
          Object.entries(MessageAttributes).map(([name, { StringValue }]) => [name, StringValue]),
        ),
      }),
    );
  }
}

/** Deletes received messages. One that cannot be deleted is seen again, which its receiver has to expect anyway. */
export async function deleteMessages(
  sqs: SQSClient,
  queue: string,
  receipts: readonly string[],
): Promise<void> {
  for (const Entries of batches(receipts)) {
    await sqs.send(new DeleteMessageBatchCommand({ QueueUrl: queue, Entries }));
  }
}

/** Lets others see received messages at once. */
export async function releaseMessages(
  sqs: SQSClient,
  queue: string,
  receipts: readonly string[],
): Promise<void> {
  for (const entries of batches(receipts)) {
    const Entries = entries.map((entry) => ({ ...entry, VisibilityTimeout: 0 }));
    await sqs.send(new ChangeMessageVisibilityBatchCommand({ QueueUrl: queue, Entries }));
  }
}

function* batches(receipts: readonly string[]) {
  for (let start = 0; start < receipts.length; start += BATCH) {
    yield receipts
      .slice(start, start + BATCH)
      .map((ReceiptHandle, index) => ({ Id: String(index), ReceiptHandle }));
  }
}
