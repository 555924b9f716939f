import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { EventBridge } from '@aws-sdk/client-eventbridge';
import { DeleteObjectCommand, ListObjectsV2Command, PutObjectCommand } from '@aws-sdk/client-s3';
import { GetQueueAttributesCommand, type QueueAttributeName, SendMessageCommand } from '@aws-sdk/client-sqs';
import { GetCommand } from '@aws-sdk/lib-dynamodb';
import { App } from 'aws-cdk-lib';
import { CfnSchedule } from 'aws-cdk-lib/aws-scheduler';
import { z } from 'zod';
import cdk from '../../cdk.json' with { type: 'json' };
import { connectTo, type Target } from '../../cli/target.ts';
import { type Photo, photoSchema } from '../../functions/shared/item.ts';
import { buildCode } from '../../infra/code.ts';
import { parseConfig } from '../../infra/config.ts';
import { Facedrop } from '../../infra/stack.ts';
import { hostPlatform } from '../../layers/platform.ts';
import { deploy } from '../../local/deploy.ts';
import { type LocalStack, writeLocalStack } from '../../local/stack.ts';
import { queuesOf } from '../estimators.ts';
import { eventually } from '../eventually.ts';
import { testStack } from '../stack.ts';
import { Controls } from './controls.ts';
import { Mailbox, type MailboxOptions } from './mailbox.ts';

const announcementSchema = z.object({
  'detail-type': z.string(),
  source: z.string(),
  /** When it was made, to the second. */
  time: z.iso.datetime(),
  detail: photoSchema,
});
export type Announcement = z.infer<typeof announcementSchema>;

export interface PutOptions {
  /** What the object's metadata say is wanted: "age,quality". */
  readonly wanted?: string;
  /** Its tags, as an address's query has them: "facedrop=skip". */
  readonly tags?: string;
}

/** A deployed pipeline of a test file's own in the test run's local AWS, seen from outside. */
export class Pipeline {
  readonly target: Target;
  readonly controls: Controls;
  readonly announcements: Mailbox<Announcement>;
  /** For commands: the variable that leads them here. */
  readonly env: { readonly FACEDROP_FOLDER: string };
  readonly #folder: string;
  readonly #mailboxes: { close(): Promise<void> }[];

  private constructor(target: Target, announcements: Mailbox<Announcement>, folder: string) {
    this.target = target;
    this.controls = new Controls(target);
    this.announcements = announcements;
    this.env = { FACEDROP_FOLDER: folder };
    this.#folder = folder;
    this.#mailboxes = [announcements];
  }

  /**
   * @param context what differs from the usual configuration
   * @param local the stack whose local AWS it is deployed to, unless that of the test run
   */
  static async deploy(
    name: string,
    context: Readonly<Record<string, unknown>> = {},
    local?: LocalStack,
  ): Promise<Pipeline> {
    const stackName = `${name}-${process.pid}`;
    const { endpoint, region, credentials, pid } = local ?? (await testStack());
    const aws = { endpoint, region, credentials };
    const folder = await mkdtemp(path.join(tmpdir(), `${stackName}-`));
    const platform = hostPlatform();
    const app = new App({
      context: { ...cdk.context, 'aws:cdk:disable-asset-staging': true },
      outdir: path.join(folder, 'cdk.out'),
    });
    const facedrop = new Facedrop(app, {
      config: {
        ...parseConfig({ stackName, removalPolicy: 'destroy', tracing: false, ...context }),
        architecture: platform.architecture === 'arm64' ? 'arm64' : 'x86_64',
      },
      code: await buildCode({ engine: 'onnx', weights: 'best' }, platform),
    });
    // A test has photos looked after when it likes: nothing else comes between what it does.
    for (const each of facedrop.node.findAll()) if (each instanceof CfnSchedule) each.state = 'DISABLED';
    const outputs = await deploy(app.synth().getStackByName(stackName), aws);
    const stack = { stackName, ...aws, ...outputs, apiKey: '', pid };
    await writeLocalStack(stack, folder);
    const target = connectTo(stack);
    const pipeline = new Pipeline(target, await subscribe(target, new EventBridge(aws)), folder);
    // S3 says so when it is told to send notifications.
    await pipeline.idle();
    return pipeline;
  }

  /** @returns the version's ETag, without quotes */
  async put(key: string, file: string | Uint8Array, { wanted, tags }: PutOptions = {}): Promise<string> {
    const { s3, stack } = this.target;
    const Body = typeof file === 'string' ? await readFile(file) : file;
    const { ETag = '' } = await s3.send(
      new PutObjectCommand({
        ...{ Bucket: stack.photoBucket, Key: key, Body },
        ...(wanted !== undefined && { Metadata: { attributes: wanted } }),
        ...(tags && { Tagging: tags }),
      }),
    );
    return ETag.replaceAll('"', '');
  }

  async delete(key: string): Promise<void> {
    const { s3, stack } = this.target;
    await s3.send(new DeleteObjectCommand({ Bucket: stack.photoBucket, Key: key }));
  }

  async item(photo: string): Promise<Photo | undefined> {
    const { dynamo, stack } = this.target;
    const { Item } = await dynamo.send(
      new GetCommand({ TableName: stack.table, Key: { photo }, ConsistentRead: true }),
    );
    return Item && photoSchema.parse(Item);
  }

  /** Waits until a photo's item, or its absence, is as expected. */
  async until(photo: string, expected: (item: Photo | undefined) => boolean): Promise<Photo | undefined> {
    let item: Photo | undefined;
    await eventually(async () => {
      item = await this.item(photo);
      return expected(item);
    });
    return item;
  }

  /** Puts a photo and waits until the note of its announcement. */
  async drop(key: string, file: string | Uint8Array, options?: PutOptions): Promise<Photo> {
    await this.put(key, file, options);
    return this.settled(key);
  }

  /** Waits until a photo is announced, and its item says so. */
  async settled(photo: string): Promise<Photo> {
    await this.announcements.next(photo);
    const item = await this.until(photo, (item) => item?.announcedAt !== undefined);
    return photoSchema.parse(item);
  }

  /** Under which names chips lie in the chip bucket. */
  async chips(): Promise<string[]> {
    const { s3, stack } = this.target;
    const { Contents = [] } = await s3.send(new ListObjectsV2Command({ Bucket: stack.chipBucket }));
    return Contents.map(({ Key = '' }) => Key);
  }

  async send(queue: string, body: string): Promise<void> {
    await this.target.sqs.send(new SendMessageCommand({ QueueUrl: queue, MessageBody: body }));
  }

  /** How many messages a queue holds, those that are being worked on included. */
  async count(queue: string): Promise<number> {
    const names: QueueAttributeName[] = [
      'ApproximateNumberOfMessages',
      'ApproximateNumberOfMessagesNotVisible',
    ];
    const { Attributes } = await this.target.sqs.send(
      new GetQueueAttributesCommand({ QueueUrl: queue, AttributeNames: names }),
    );
    return names.reduce((sum, name) => sum + Number(Attributes?.[name]), 0);
  }

  /** Waits until no message is left to work on. */
  async idle(): Promise<void> {
    let quiet = 0;
    await eventually(async () => {
      const counts = await Promise.all(queuesOf(this.target.stack).map((queue) => this.count(queue)));
      quiet = counts.every((count) => count === 0) ? quiet + 1 : 0;
      return quiet === 3;
    });
  }

  async deadLetters(): Promise<number> {
    const { uploadDeadLetters, estimators } = this.target.stack;
    const counts = await Promise.all(
      [uploadDeadLetters, ...estimators.map(({ deadLetters }) => deadLetters)].map((queue) =>
        this.count(queue),
      ),
    );
    return counts.reduce((sum, count) => sum + count);
  }

  /** Opens a queue of the test's own, until the pipeline is closed. */
  async openMailbox<Letter>(name: string, options: MailboxOptions<Letter>): Promise<Mailbox<Letter>> {
    const { sqs, stack } = this.target;
    const mailbox = await Mailbox.open(sqs, `${stack.stackName}-${name}`, options);
    this.#mailboxes.push(mailbox);
    return mailbox;
  }

  /** Ends the functions' processes, too. */
  async close(): Promise<void> {
    await this.controls.end();
    await Promise.all(this.#mailboxes.map((mailbox) => mailbox.close()));
    await rm(this.#folder, { recursive: true });
  }
}

/** What photos of the same content have in common. */
export function resultOf(item: Photo | undefined): Partial<Photo> {
  const {
    photo,
    folder,
    analysis,
    attempt,
    sequencer,
    uploadedAt,
    requestedAt,
    startedAt,
    completedAt,
    announcedAt,
    expiresAt,
    ...rest
  } = item ?? {};
  return rest;
}

/** Collects what the pipeline announces on its event bus. */
async function subscribe({ sqs, stack }: Target, events: EventBridge): Promise<Mailbox<Announcement>> {
  const name = `${stack.stackName}-announcements`;
  const mailbox = await Mailbox.open(sqs, name, {
    read: (body) => {
      const announcement = announcementSchema.parse(JSON.parse(body));
      return { photo: announcement.detail.photo, letter: announcement };
    },
  });
  const rule = { EventBusName: stack.eventBus, Name: name };
  await events.putRule({ ...rule, EventPattern: JSON.stringify({ source: ['facedrop'] }) });
  await events.putTargets({
    EventBusName: stack.eventBus,
    Rule: name,
    Targets: [{ Id: 'mailbox', Arn: mailbox.arn }],
  });
  return mailbox;
}
