import type { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { z } from 'zod';
import { announce } from '../functions/shared/announcer.ts';
import { type Subject, subjectOf } from '../functions/shared/dead-letter.ts';
import type { PhotoEvent } from '../functions/shared/event.ts';
import { photoSchema } from '../functions/shared/item.ts';
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
/** Letters of a queue that are dealt with at once: there may be any number, of up to 256 KB each. */
const ROUND = 1000;

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

/** A queue of dead letters. */
interface Source {
  readonly queue: string;
  /** @returns undefined for what is no letter: it stays */
  read(message: Message): DeadLetter | undefined;
}

/**
 * Collects what lies in the dead-letter queues, and hides it there, in rounds: whoever is given one deals with it before
 * the next. What comes into the queues in the meantime, because it failed once more, is left there.
 */
export async function* collectDeadLetters(target: Target): AsyncGenerator<DeadLetter[]> {
  let sources = [...stagesOf(target), ...webhookOf(target)];
  const seen = new Set<string>();
  // Of the first round all counts, whatever this machine's clock says.
  let latest = Number.POSITIVE_INFINITY;
  const began = Date.now();
  do {
    const rounds = await Promise.all(sources.map((source) => receive(target, source, seen, latest)));
    latest = Math.max(began, ...rounds.map((round) => round.sentAt));
    yield rounds.flatMap(({ letters }) => letters);
    sources = sources.filter((_, index) => rounds[index]?.more);
  } while (sources.length > 0);
}

interface Round {
  readonly letters: readonly DeadLetter[];
  /** When the latest of them was sent. */
  readonly sentAt: number;
  /** Whether the queue may hold others. */
  readonly more: boolean;
}

async function receive(
  { sqs }: Target,
  { queue, read }: Source,
  seen: Set<string>,
  latest: number,
): Promise<Round> {
  const letters: DeadLetter[] = [];
  let sentAt = 0;
  for await (const messages of receiveMessages(sqs, queue, HIDDEN)) {
    const [early, late] = [
      messages.filter((message) => message.sentAt <= latest),
      messages.filter((message) => message.sentAt > latest),
    ];
    const fresh = early.filter(({ id }) => !seen.has(id));
    for (const message of fresh) {
      seen.add(message.id);
      sentAt = Math.max(sentAt, message.sentAt);
      const letter = read(message);
      if (letter) letters.push(letter);
    }
    const receipts = late.map(({ receipt }) => receipt);
    if (receipts.length > 0) await releaseMessages(sqs, queue, receipts);
    // Nothing but what came back while this was at work.
    if (fresh.length === 0) break;
    if (letters.length >= ROUND) return { letters, sentAt, more: true };
  }
  return { letters, sentAt, more: false };
}

function stagesOf({ stack }: Target): Source[] {
  const stages = [
    { stage: 'detect', queue: stack.uploadDeadLetters, source: stack.uploadQueue },
    ...stack.estimators.map(({ name, queue, deadLetters }) => ({
      ...{ stage: name, queue: deadLetters, source: queue },
    })),
  ];
  return stages.map(({ stage, queue, source }) => ({
    queue,
    read: ({ body, receipt }) => {
      const subject = findSubject(body);
      return subject
        ? {
            ...{ stage, queue, receipt, destination: stack.uploadQueue },
            ...{ body: subject.notification, events: subject.events },
          }
        : { stage, queue, receipt, destination: source, body, events: [] };
    },
  }));
}

/** What isn't an announcement can't be sent again, and stays. */
function webhookOf({ stack }: Target): Source[] {
  const { webhookDeadLetters: queue, eventBus: destination } = stack;
  if (queue === undefined) return [];
  const read: Source['read'] = ({ body, receipt, attributes }) => {
    const { success, data } = announcementSchema.safeParse(parseJson(body));
    if (!success) return undefined;
    const { ERROR_MESSAGE, ERROR_CODE } = attributes;
    const announcement = { photo: data.detail.photo, reason: ERROR_MESSAGE ?? ERROR_CODE ?? '' };
    return { stage: 'webhook', queue, receipt, destination, body, events: [], announcement };
  };
  return [{ queue, read }];
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
export async function release(
  { sqs }: Target,
  letters: readonly Pick<DeadLetter, 'queue' | 'receipt'>[],
): Promise<void> {
  for (const [queue, ofQueue] of Map.groupBy(letters, (letter) => letter.queue)) {
    await releaseMessages(
      sqs,
      queue,
      ofQueue.map(({ receipt }) => receipt),
    );
  }
}

function findSubject(body: string): Subject | undefined {
  try {
    return subjectOf(body);
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
