import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { EventBridge } from '@aws-sdk/client-eventbridge';
import { Lambda } from '@aws-sdk/client-lambda';
import {
  DeleteObjectCommand,
  type Event,
  ListObjectsV2Command,
  PutBucketNotificationConfigurationCommand,
  PutObjectCommand,
} from '@aws-sdk/client-s3';
import { SNS } from '@aws-sdk/client-sns';
import {
  GetQueueAttributesCommand,
  type QueueAttributeName,
  SendMessageCommand,
  SetQueueAttributesCommand,
} from '@aws-sdk/client-sqs';
import { GetCommand } from '@aws-sdk/lib-dynamodb';
import { App } from 'aws-cdk-lib';
import { z } from 'zod';
import cdk from '../../cdk.json' with { type: 'json' };
import { connectTo, type Target } from '../../cli/target.ts';
import { parseNotification } from '../../functions/shared/event.ts';
import { type Photo, photoSchema } from '../../functions/shared/item.ts';
import { facesFoundSchema } from '../../functions/shared/message.ts';
import { buildCode } from '../../infra/code.ts';
import { parseConfig } from '../../infra/config.ts';
import { Facedrop } from '../../infra/stack.ts';
import { hostPlatform } from '../../layers/platform.ts';
import { deploy } from '../../local/deploy.ts';
import { writeLocalStack } from '../../local/stack.ts';
import { testStack } from '../stack.ts';
import { Mailbox, PATIENCE } from './mailbox.ts';

export const STAGES = ['detect', 'age', 'gender'] as const;
export type StageName = (typeof STAGES)[number];

const announcementSchema = z.object({ 'detail-type': z.string(), source: z.string(), detail: photoSchema });
export type Announcement = z.infer<typeof announcementSchema>;

/** A deployed pipeline of a test file's own in the test run's local AWS, seen from outside. */
export class Pipeline {
  readonly target: Target;
  readonly announcements: Mailbox<Announcement>;
  /** For commands: the variable that leads them here. */
  readonly env: { readonly FACEDROP_STACK_FILE: string };
  readonly #lambda: Lambda;
  readonly #sns: SNS;
  readonly #folder: string;
  readonly #mailboxes: { close(): Promise<void> }[] = [];

  private constructor(
    target: Target,
    clients: { lambda: Lambda; sns: SNS },
    announcements: Mailbox<Announcement>,
    folder: string,
  ) {
    this.target = target;
    this.announcements = announcements;
    this.#lambda = clients.lambda;
    this.#sns = clients.sns;
    this.#folder = folder;
    this.#mailboxes.push(announcements);
    this.env = { FACEDROP_STACK_FILE: path.join(folder, 'stack.json') };
  }

  /** @param context what differs from the usual configuration */
  static async deploy(name: string, context: Readonly<Record<string, unknown>> = {}): Promise<Pipeline> {
    const stackName = `${name}-${process.pid}`;
    const { endpoint, region, credentials, pid } = await testStack();
    const aws = { endpoint, region, credentials };
    const folder = await mkdtemp(path.join(tmpdir(), `${stackName}-`));
    const platform = hostPlatform();
    const app = new App({
      context: { ...cdk.context, 'aws:cdk:disable-asset-staging': true },
      outdir: path.join(folder, 'cdk.out'),
    });
    new Facedrop(app, {
      config: {
        ...parseConfig({ stackName, removalPolicy: 'destroy', tracing: false, ...context }),
        architecture: platform.architecture === 'arm64' ? 'arm64' : 'x86_64',
      },
      code: await buildCode('onnx', platform),
    });
    const outputs = await deploy(app.synth().getStackByName(stackName), aws);
    const stack = { stackName, ...aws, ...outputs, apiKey: '', pid };
    await writeLocalStack(stack, path.join(folder, 'stack.json'));
    const target = connectTo(stack);
    const announcements = await subscribe(target, new EventBridge(aws));
    return new Pipeline(target, { lambda: new Lambda(aws), sns: new SNS(aws) }, announcements, folder);
  }

  /** @returns the version's ETag, without quotes */
  async put(key: string, file: string | Uint8Array): Promise<string> {
    const { s3, stack } = this.target;
    const Body = typeof file === 'string' ? await readFile(file) : file;
    const { ETag = '' } = await s3.send(new PutObjectCommand({ Bucket: stack.photoBucket, Key: key, Body }));
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
  async drop(key: string, file: string | Uint8Array): Promise<Photo> {
    await this.put(key, file);
    return this.settled(key);
  }

  /** Waits until a photo is announced, and its item says so. */
  async settled(photo: string): Promise<Photo> {
    await this.announcements.next(photo);
    const item = await this.until(photo, (item) => item?.announcedAt !== undefined);
    return photoSchema.parse(item);
  }

  /** Keys of the crops that lie in the crop bucket. */
  async crops(): Promise<string[]> {
    const { s3, stack } = this.target;
    const { Contents = [] } = await s3.send(new ListObjectsV2Command({ Bucket: stack.cropBucket }));
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
    const { uploadQueue, ageQueue, genderQueue } = this.target.stack;
    let quiet = 0;
    await eventually(async () => {
      const counts = await Promise.all(
        [uploadQueue, ageQueue, genderQueue].map((queue) => this.count(queue)),
      );
      quiet = counts.every((count) => count === 0) ? quiet + 1 : 0;
      return quiet === 3;
    });
  }

  async deadLetters(): Promise<number> {
    const { uploadDeadLetters, ageDeadLetters, genderDeadLetters } = this.target.stack;
    const counts = await Promise.all(
      [uploadDeadLetters, ageDeadLetters, genderDeadLetters].map((queue) => this.count(queue)),
    );
    return counts.reduce((sum, count) => sum + count);
  }

  /** How often a message is tried before it is given up, and how long it is hidden from one try to the next. */
  async retry({ tries, seconds }: { tries: number; seconds: number }): Promise<void> {
    const { uploadQueue, ageQueue, genderQueue } = this.target.stack;
    for (const stage of STAGES) await this.configure(stage, { MAXIMUM_TRIES: String(tries) });
    for (const QueueUrl of [uploadQueue, ageQueue, genderQueue]) {
      const { Attributes } = await this.target.sqs.send(
        new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['RedrivePolicy'] }),
      );
      const RedrivePolicy = JSON.stringify({
        ...JSON.parse(Attributes?.RedrivePolicy ?? '{}'),
        maxReceiveCount: tries + 1,
      });
      await this.target.sqs.send(
        new SetQueueAttributesCommand({
          QueueUrl,
          Attributes: { VisibilityTimeout: String(seconds), RedrivePolicy },
        }),
      );
    }
  }

  /** Adds to a function's environment. */
  async configure(stage: StageName, variables: Readonly<Record<string, string>>): Promise<void> {
    // The local AWS ends a function's processes for it, even those that are at work.
    await this.idle();
    const FunctionName = await this.#functionOf(stage);
    const { Environment } = await this.#lambda.getFunctionConfiguration({ FunctionName });
    await this.#lambda.updateFunctionConfiguration({
      FunctionName,
      Environment: { Variables: { ...Environment?.Variables, ...variables } },
    });
  }

  /** Stops or continues the delivery of messages to a function, in batches of so many. */
  async deliver(stage: StageName, Enabled: boolean, BatchSize: number): Promise<void> {
    const FunctionName = await this.#functionOf(stage);
    const { EventSourceMappings = [] } = await this.#lambda.listEventSourceMappings({ FunctionName });
    for (const { UUID } of EventSourceMappings) {
      await this.#lambda.updateEventSourceMapping({ UUID, Enabled, BatchSize });
    }
  }

  /** From now on what S3 tells of the photos comes into a mailbox, for the test to pass on to the upload queue. */
  async divertNotifications(): Promise<Mailbox<string>> {
    const { s3, sqs, stack } = this.target;
    const mailbox = await Mailbox.open(sqs, `${stack.stackName}-notifications`, {
      read: (body) => {
        const [event] = parseNotification(body);
        return event && { photo: event.key, letter: body };
      },
    });
    this.#mailboxes.push(mailbox);
    const Events: Event[] = ['s3:ObjectCreated:*', 's3:ObjectRemoved:*'];
    await s3.send(
      new PutBucketNotificationConfigurationCommand({
        Bucket: stack.photoBucket,
        NotificationConfiguration: { QueueConfigurations: [{ QueueArn: mailbox.arn, Events }] },
      }),
    );
    return mailbox;
  }

  /**
   * From now on what detect publishes comes into a mailbox.
   * @param holds whose faces the test passes on to age and gender itself; the others' go there as usual
   */
  async divertFaces(holds: (photo: string) => boolean): Promise<Mailbox<string>> {
    const { sqs, stack } = this.target;
    const mailbox = await Mailbox.open(sqs, `${stack.stackName}-faces`, {
      read: (body) => ({ photo: facesFoundSchema.parse(JSON.parse(body)).photo, letter: body }),
      onLetter: async (photo, body) => {
        if (holds(photo)) return;
        await Promise.all([this.send(stack.ageQueue, body), this.send(stack.genderQueue, body)]);
      },
    });
    this.#mailboxes.push(mailbox);
    const { Subscriptions = [] } = await this.#sns.listSubscriptionsByTopic({ TopicArn: stack.topicArn });
    for (const { SubscriptionArn } of Subscriptions) await this.#sns.unsubscribe({ SubscriptionArn });
    await this.#sns.subscribe({
      TopicArn: stack.topicArn,
      Protocol: 'sqs',
      Endpoint: mailbox.arn,
      Attributes: { RawMessageDelivery: 'true' },
    });
    return mailbox;
  }

  /** Ends the functions' processes, too. */
  async close(): Promise<void> {
    for (const stage of STAGES)
      await this.#lambda.deleteFunction({ FunctionName: await this.#functionOf(stage) });
    await Promise.all(this.#mailboxes.map((mailbox) => mailbox.close()));
    await rm(this.#folder, { recursive: true });
  }

  async #functionOf(stage: StageName): Promise<string> {
    const { stackName } = this.target.stack;
    const { Functions = [] } = await this.#lambda.listFunctions({ MaxItems: 10_000 });
    const prefix = `${stackName}-${stage}Function`.toLowerCase();
    const found = Functions.find(({ FunctionName = '' }) => FunctionName.toLowerCase().startsWith(prefix));
    if (!found?.FunctionName) throw new Error(`Expected a function whose name begins with ${prefix}`);
    return found.FunctionName;
  }
}

/** Waits until something is so. */
export async function eventually(condition: () => Promise<boolean>): Promise<void> {
  const deadline = Date.now() + PATIENCE;
  while (!(await condition())) {
    if (Date.now() > deadline) throw new Error(`Expected within ${PATIENCE / 1000} s: ${condition}`);
    await sleep(250);
  }
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
