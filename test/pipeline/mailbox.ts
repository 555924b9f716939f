import { EventEmitter, once } from 'node:events';
import {
  CreateQueueCommand,
  DeleteMessageBatchCommand,
  GetQueueAttributesCommand,
  ReceiveMessageCommand,
  type SQSClient,
} from '@aws-sdk/client-sqs';
import { PATIENCE } from '../eventually.ts';

export interface MailboxOptions<Letter> {
  /** The photo that a message is about, and what it says of it; nothing when it is about none. */
  readonly read: (body: string) => { photo: string; letter: Letter } | undefined;
  /** Called with every letter as it comes. */
  readonly onLetter?: (photo: string, letter: Letter) => Promise<void>;
}

/** A queue of a test's own that collects messages about photos, to look at or to pass on. */
export class Mailbox<Letter> {
  readonly queue: string;
  readonly arn: string;
  readonly #sqs: SQSClient;
  readonly #options: MailboxOptions<Letter>;
  readonly #letters = new Map<string, Letter[]>();
  readonly #arrivals = new EventEmitter().setMaxListeners(0);
  readonly #closing = new AbortController();
  readonly #collecting: Promise<void>;

  private constructor(sqs: SQSClient, queue: string, arn: string, options: MailboxOptions<Letter>) {
    this.#sqs = sqs;
    this.queue = queue;
    this.arn = arn;
    this.#options = options;
    this.#collecting = this.#collect();
  }

  static async open<Letter>(
    sqs: SQSClient,
    name: string,
    options: MailboxOptions<Letter>,
  ): Promise<Mailbox<Letter>> {
    const { QueueUrl = '' } = await sqs.send(new CreateQueueCommand({ QueueName: name }));
    const { Attributes } = await sqs.send(
      new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['QueueArn'] }),
    );
    return new Mailbox(sqs, QueueUrl, Attributes?.QueueArn ?? '', options);
  }

  /** What has come about a photo so far, in the order in which it came. */
  about(photo: string): readonly Letter[] {
    return this.#letters.get(photo) ?? [];
  }

  /** The photos about which something has come. */
  photos(): readonly string[] {
    return [...this.#letters.keys()];
  }

  /**
   * Waits for the nth letter about a photo, counted from 1.
   * @throws Error when it does not come
   */
  async next(photo: string, nth = 1): Promise<Letter> {
    const signal = AbortSignal.timeout(PATIENCE);
    for (;;) {
      const letter = this.about(photo)[nth - 1];
      if (letter !== undefined) return letter;
      await once(this.#arrivals, photo, { signal }).catch((cause: unknown) => {
        throw new Error(`Expected letter ${nth} about ${photo} but only ${this.about(photo).length} came.`, {
          cause,
        });
      });
    }
  }

  async close(): Promise<void> {
    this.#closing.abort();
    await this.#collecting;
  }

  async #collect(): Promise<void> {
    const { signal } = this.#closing;
    while (!signal.aborted) {
      const { Messages = [] } = await this.#sqs
        .send(
          new ReceiveMessageCommand({ QueueUrl: this.queue, MaxNumberOfMessages: 10, WaitTimeSeconds: 10 }),
          { abortSignal: signal },
        )
        .catch((error: unknown) => {
          if (signal.aborted) return { Messages: [] };
          throw error;
        });
      if (Messages.length === 0) continue;
      await this.#sqs.send(
        new DeleteMessageBatchCommand({
          QueueUrl: this.queue,
          Entries: Messages.map(({ MessageId, ReceiptHandle }) => ({ Id: MessageId, ReceiptHandle })),
        }),
      );
      for (const { Body = '' } of Messages) {
        const read = this.#options.read(Body);
        if (!read) continue;
        const { photo, letter } = read;
        this.#letters.set(photo, [...this.about(photo), letter]);
        this.#arrivals.emit(photo);
        await this.#options.onLetter?.(photo, letter);
      }
    }
  }
}
