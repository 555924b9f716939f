import type { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { z } from 'zod';
import { announce } from '../functions/shared/announcer.ts';
import { type PhotoEvent, parseNotification } from '../functions/shared/event.ts';
import { photoSchema } from '../functions/shared/item.ts';
import { facesFoundSchema } from '../functions/shared/message.ts';
import { EVENT_SOURCE } from '../functions/shared/metrics.ts';
import {
  BATCH,
  deleteMessages,
  type Message,
  receiveMessages,
  releaseMessages,
  sendMessages,
} from './queue.ts';
import type { Target } from './target.ts';

/** How long letters are hidden from others while they are dealt with, in seconds. */
const HIDDEN = 300;

/** What could not be worked off, or delivered. */
export interface DeadLetter {
  /** "detect", "webhook", or what an estimating function is called. */
  readonly stage: string;
  /** URL of the queue it lies in. */
  readonly queue: string;
  readonly receipt: string;
  /** Where it is to be sent, a queue's URL or the event bus, and as what. */
  readonly destination: string;
  readonly body: string;
  /** What happened to which photos; empty when the letter does not say. */
  readonly events: readonly PhotoEvent[];
  /** What could not be announced, and why. */
  readonly announcement?: { readonly photo: string; readonly reason: string };
}

/** An event of the bus that announces a finished photo. */
const announcementSchema = z.object({
  source: z.literal(EVENT_SOURCE),
  'detail-type': z.string(),
  detail: photoSchema.pick({ photo: true }).loose(),
});

/** Collects what lies in the dead-letter queues, and hides it there. */
export async function collectDeadLetters(target: Target): Promise<DeadLetter[]> {
  return (await Promise.all([ofStages(target), ofWebhook(target)])).flat();
}

async function ofStages({ sqs, stack }: Target): Promise<DeadLetter[]> {
  const queues = [
    { stage: 'detect', queue: stack.uploadDeadLetters, source: stack.uploadQueue },
    ...stack.estimators.map(({ name, queue, deadLetters }) => ({
      stage: name,
      queue: deadLetters,
      source: queue,
    })),
  ];
  const letters = await Promise.all(
    queues.map(async ({ stage, queue, source }) => {
      const messages = await receiveMessages(sqs, queue, HIDDEN);
      return messages.map(({ body, receipt }): DeadLetter => {
        // The chips to estimate from may be gone: their photos begin again.
        const notification = stage === 'detect' ? body : originOf(body);
        const events = notification === undefined ? undefined : eventsOf(notification);
        return events && notification !== undefined
          ? { stage, queue, receipt, destination: stack.uploadQueue, body: notification, events }
          : { stage, queue, receipt, destination: source, body, events: [] };
      });
    }),
  );
  return letters.flat();
}

/** What isn't an announcement can't be sent again, and stays. */
async function ofWebhook({ sqs, stack }: Target): Promise<DeadLetter[]> {
  const { webhookDeadLetters: queue, eventBus: destination } = stack;
  if (queue === undefined) return [];
  const messages = await receiveMessages(sqs, queue, HIDDEN);
  return messages.flatMap(({ body, receipt, attributes }: Message): DeadLetter[] => {
    const { success, data } = announcementSchema.safeParse(parseJson(body));
    if (!success) return [];
    const { ERROR_MESSAGE, ERROR_CODE } = attributes;
    const announcement = { photo: data.detail.photo, reason: ERROR_MESSAGE ?? ERROR_CODE ?? '' };
    return [{ stage: 'webhook', queue, receipt, destination, body, events: [], announcement }];
  });
}

/**
 * Sends letters to be worked on or announced again, several of the same content once, and only then deletes them.
 * @throws Error when one could not be sent: it and those after it stay where they are
 */
export async function resend({ sqs, events, stack }: Target, letters: readonly DeadLetter[]): Promise<void> {
  for (const [destination, toOne] of Map.groupBy(letters, (letter) => letter.destination)) {
    const byBody = [...Map.groupBy(toOne, ({ body }) => body)];
    for (let start = 0; start < byBody.length; start += BATCH) {
      const batch = byBody.slice(start, start + BATCH);
      const bodies = batch.map(([body]) => body);
      if (destination === stack.eventBus) await announceAgain(events, destination, bodies);
      else await sendMessages(sqs, destination, bodies);
      const sent = batch.flatMap(([, same]) => same);
      for (const [queue, ofQueue] of Map.groupBy(sent, (letter) => letter.queue)) {
        await deleteMessages(
          sqs,
          queue,
          ofQueue.map(({ receipt }) => receipt),
        );
      }
    }
  }
}

/** One after the other: together they could be too large. */
async function announceAgain(
  events: EventBridgeClient,
  bus: string,
  bodies: readonly string[],
): Promise<void> {
  for (const body of bodies) {
    const { 'detail-type': type, detail } = announcementSchema.parse(parseJson(body));
    await announce(events, bus, type, detail);
  }
}

/** Lets the letters be seen again at once. */
export async function release({ sqs }: Target, letters: readonly DeadLetter[]): Promise<void> {
  for (const [queue, ofQueue] of Map.groupBy(letters, (letter) => letter.queue)) {
    await releaseMessages(
      sqs,
      queue,
      ofQueue.map(({ receipt }) => receipt),
    );
  }
}

function originOf(body: string): string | undefined {
  const { success, data } = facesFoundSchema.safeParse(parseJson(body));
  return success ? data.event : undefined;
}

function eventsOf(notification: string): PhotoEvent[] | undefined {
  try {
    return parseNotification(notification);
  } catch {
    return undefined;
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
