import {
  ChangeMessageVisibilityCommand,
  ReceiveMessageCommand,
  SendMessageCommand,
  type SQSClient,
} from '@aws-sdk/client-sqs';
import pMap from 'p-map';
import type { Analyses } from '../shared/analyses.ts';
import type { ChipStore } from '../shared/chip-store.ts';
import { subjectOf } from '../shared/dead-letter.ts';
import type { Items } from '../shared/items.ts';
import { createNotification } from '../shared/notification.ts';

export interface SweepOptions {
  /** URLs of the queues in which messages lie that came to nothing. */
  readonly deadLetters: readonly string[];
  /** URL of the queue in which analyses begin. */
  readonly uploadQueue: string;
  readonly region: string;
  readonly photoBucket: string;
  /** How many photos are begun again at most, at once. */
  readonly maximumRestarts: number;
  /** Called with what could not be done about a message or a photo. */
  report(message: string, error: unknown): void;
}

/** What was done. */
export interface Swept {
  /** Dead letters that were looked at. */
  readonly letters: number;
  /** Photos that begin again. */
  readonly restarted: number;
}

/** How long letters are hidden while they are looked at, in seconds: longer than the function may run. */
const HIDDEN = 600;
/** SQS's limit for the messages of one call; as many are dealt with side by side. */
const BATCH = 10;
const REASON =
  'Gave up: no attempt finished. Most likely the function ran out of time or memory each time, or AWS had no capacity for ' +
  'it. Start it again with "npm run redrive".';

/**
 * Sees to it that no photo stays pending for ever. Those whose message lies in a dead-letter queue have failed, though
 * the function may not have lived to say so: the letters stay where they are, to be redriven. Those that have been
 * pending for a day begin again, whatever became of their message.
 */
export class Sweep {
  readonly #sqs: SQSClient;
  readonly #items: Items;
  readonly #chips: ChipStore;
  readonly #analyses: Analyses;
  readonly #options: SweepOptions;

  constructor(
    sqs: SQSClient,
    stores: { items: Items; chips: ChipStore },
    analyses: Analyses,
    options: SweepOptions,
  ) {
    this.#sqs = sqs;
    this.#items = stores.items;
    this.#chips = stores.chips;
    this.#analyses = analyses;
    this.#options = options;
  }

  async run(deadline: Date): Promise<Swept> {
    const restarted = await this.#restartOverdue(deadline);
    let letters = 0;
    const { deadLetters } = this.#options;
    // Where one queue holds many letters, the others have their turn, too.
    for (const [index, queue] of deadLetters.entries()) {
      const share = (deadline.getTime() - Date.now()) / (deadLetters.length - index);
      letters += await this.#endLetters(queue, new Date(Date.now() + share), deadline);
    }
    return { letters, restarted };
  }

  /**
   * Gives up the photos that a queue's letters are about, and leaves the letters as they were.
   * @param until when the queue should be done with
   */
  async #endLetters(queue: string, until: Date, deadline: Date): Promise<number> {
    const receipts: string[] = [];
    // To let others see them again takes as long.
    const half = (Date.now() + until.getTime()) / 2;
    while (Date.now() < half) {
      const { Messages = [] } = await this.#sqs.send(
        new ReceiveMessageCommand({ QueueUrl: queue, MaxNumberOfMessages: BATCH, VisibilityTimeout: HIDDEN }),
      );
      if (Messages.length === 0) break;
      receipts.push(...Messages.flatMap(({ ReceiptHandle }) => ReceiptHandle ?? []));
      await Promise.all(Messages.map(({ Body = '' }) => this.#endLetter(Body, deadline)));
    }
    await pMap(
      receipts,
      (ReceiptHandle) =>
        this.#sqs.send(
          new ChangeMessageVisibilityCommand({ QueueUrl: queue, ReceiptHandle, VisibilityTimeout: 0 }),
        ),
      { concurrency: BATCH },
    );
    return receipts.length;
  }

  /** One that can't be dealt with keeps no other from it. */
  async #endLetter(body: string, deadline: Date): Promise<void> {
    try {
      const { events, attempt } = subjectOf(body);
      for (const event of events) {
        // Most have been seen to before. Of others another letter was redriven, and this one waits for it.
        if (await this.#items.isOver(event.key, event.analysis, attempt)) continue;
        await this.#analyses.giveUp(event, { message: REASON }, deadline);
      }
    } catch (error) {
      this.#options.report('Could not give up the photos of a dead letter', error);
    }
  }

  async #restartOverdue(deadline: Date): Promise<number> {
    const { region, photoBucket, uploadQueue, maximumRestarts, report } = this.#options;
    let restarted = 0;
    for (const due of await this.#items.overdue(maximumRestarts)) {
      if (Date.now() > deadline.getTime()) break;
      try {
        const item = await this.#items.get(due.photo);
        if (item?.status !== 'pending' || item.dueAt !== due.dueAt) continue;
        const photo = {
          key: item.photo,
          // Only of folder markers of interest, which have no items.
          size: item.bytes ?? 1,
          etag: item.etag,
          lastModified: new Date(item.uploadedAt),
        };
        const MessageBody = createNotification({ region, photoBucket }, photo, `sweep ${due.dueAt}`);
        await this.#sqs.send(new SendMessageCommand({ QueueUrl: uploadQueue, MessageBody }));
        // The new analysis has chips of its own, and who comes for these is lost.
        await this.#chips.delete(item.analysis);
        // Should it die before this, the same message is sent again, which changes nothing.
        await this.#items.postpone(due);
        restarted += 1;
      } catch (error) {
        report(`Could not restart ${due.photo}`, error);
      }
    }
    return restarted;
  }
}
