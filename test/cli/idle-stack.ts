import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CreateTableCommand } from '@aws-sdk/client-dynamodb';
import { CreateBucketCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { CreateQueueCommand, GetQueueAttributesCommand, SendMessageCommand } from '@aws-sdk/client-sqs';
import { PutCommand } from '@aws-sdk/lib-dynamodb';
import { receiveMessages } from '../../cli/queue.ts';
import { connectTo, type Target } from '../../cli/target.ts';
import type { Photo } from '../../functions/shared/item.ts';
import { thisProcess } from '../../local/process.ts';
import { type LocalStack, writeLocalStack } from '../../local/stack.ts';

/**
 * A bucket, a table and queues of a test's own, in which nothing happens that the test does not do itself:
 * no function works on them.
 */
export class IdleStack {
  readonly target: Target;
  /** For commands: the variable that leads them here. */
  readonly env: { readonly FACEDROP_FOLDER: string };
  readonly #folder: string;

  private constructor(target: Target, folder: string) {
    this.target = target;
    this.#folder = folder;
    this.env = { FACEDROP_FOLDER: folder };
  }

  /**
   * @param running the stack whose local AWS is used
   * @param others queues to have instead of its own
   */
  static async create(running: LocalStack, others: Partial<LocalStack> = {}): Promise<IdleStack> {
    const name = `idle-${randomUUID()}`;
    const { s3, sqs, dynamo } = connectTo(running);
    await s3.send(new CreateBucketCommand({ Bucket: name }));
    await dynamo.send(
      new CreateTableCommand({
        TableName: name,
        BillingMode: 'PAY_PER_REQUEST',
        AttributeDefinitions: [{ AttributeName: 'photo', AttributeType: 'S' }],
        KeySchema: [{ AttributeName: 'photo', KeyType: 'HASH' }],
      }),
    );
    const queue = async (suffix: string) => {
      const { QueueUrl = '' } = await sqs.send(new CreateQueueCommand({ QueueName: `${name}-${suffix}` }));
      return QueueUrl;
    };
    const stack = {
      ...running,
      photoBucket: name,
      table: name,
      uploadQueue: await queue('upload'),
      uploadDeadLetters: await queue('upload-dead'),
      estimators: await Promise.all(
        ['age', 'gender'].map(async (name) => ({
          name,
          queue: await queue(name),
          deadLetters: await queue(`${name}-dead`),
        })),
      ),
      ...others,
      ...(await thisProcess()),
    };
    const folder = await mkdtemp(join(tmpdir(), 'idle-'));
    await writeLocalStack(stack, folder);
    return new IdleStack(connectTo(stack), folder);
  }

  async put(key: string, body: string | Uint8Array = key): Promise<string> {
    const { s3, stack } = this.target;
    const { ETag = '' } = await s3.send(
      new PutObjectCommand({ Bucket: stack.photoBucket, Key: key, Body: body }),
    );
    return ETag.replaceAll('"', '');
  }

  async putItem(photo: Photo): Promise<void> {
    const { dynamo, stack } = this.target;
    await dynamo.send(new PutCommand({ TableName: stack.table, Item: photo }));
  }

  async send(queue: string, body: string): Promise<void> {
    await this.target.sqs.send(new SendMessageCommand({ QueueUrl: queue, MessageBody: body }));
  }

  /** The bodies of the messages in a queue, which are hidden then. */
  async receive(queue: string): Promise<string[]> {
    const bodies: string[] = [];
    for await (const messages of receiveMessages(this.target.sqs, queue, 600)) {
      bodies.push(...messages.map(({ body }) => body));
    }
    return bodies;
  }

  /** @returns how many messages wait in a queue */
  async count(queue: string): Promise<number> {
    const { Attributes = {} } = await this.target.sqs.send(
      new GetQueueAttributesCommand({
        QueueUrl: queue,
        AttributeNames: ['ApproximateNumberOfMessages'],
      }),
    );
    return Number(Attributes.ApproximateNumberOfMessages);
  }

  async close(): Promise<void> {
    await rm(this.#folder, { recursive: true });
  }
}
