import { type PhotoEvent, parseNotification } from '../functions/shared/event.ts';
import { facesFoundSchema } from '../functions/shared/message.ts';
import { BATCH, deleteMessages, receiveMessages, releaseMessages, sendMessages } from './queue.ts';
import type { Target } from './target.ts';

/** How long letters are hidden from others while they are dealt with, in seconds. */
const HIDDEN = 300;

/** A message that its function could not work off. */
export interface DeadLetter {
  readonly stage: 'detect' | 'age' | 'gender';
  /** URL of the queue it lies in. */
  readonly queue: string;
  readonly receipt: string;
  /** Where it is to be sent, and as what. */
  readonly destination: string;
  readonly body: string;
  /** What happened to which photos; empty when the letter does not tell. */
  readonly events: readonly PhotoEvent[];
}

/** Collects what lies in the three dead-letter queues, and hides it there. */
export async function collectDeadLetters({ sqs, stack }: Target): Promise<DeadLetter[]> {
  const queues = [
    { stage: 'detect', queue: stack.uploadDeadLetters, source: stack.uploadQueue },
    { stage: 'age', queue: stack.ageDeadLetters, source: stack.ageQueue },
    { stage: 'gender', queue: stack.genderDeadLetters, source: stack.genderQueue },
  ] as const;
  const letters = await Promise.all(
    queues.map(async ({ stage, queue, source }) => {
      const messages = await receiveMessages(sqs, queue, HIDDEN);
      return messages.map(({ body, receipt }): DeadLetter => {
        // The crops that age and gender need may be gone: their photos begin anew.
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

/**
 * Sends letters to be worked on again, several of the same content once, and only then deletes them.
 * @throws Error when one could not be sent: it and those after it stay where they are
 */
export async function resend({ sqs }: Target, letters: readonly DeadLetter[]): Promise<void> {
  for (const [destination, toOne] of Map.groupBy(letters, (letter) => letter.destination)) {
    const byBody = [...Map.groupBy(toOne, ({ body }) => body)];
    for (let start = 0; start < byBody.length; start += BATCH) {
      const batch = byBody.slice(start, start + BATCH);
      await sendMessages(
        sqs,
        destination,
        batch.map(([body]) => body),
      );
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
