import { ConditionalCheckFailedException, TransactionCanceledException } from '@aws-sdk/client-dynamodb';
import {
  DeleteCommand,
  type DynamoDBDocumentClient,
  GetCommand,
  PutCommand,
  paginateQuery,
  TransactWriteCommand,
  UpdateCommand,
} from '@aws-sdk/lib-dynamodb';
import { isActive, lockSchema, TIME_INDEX, type Training, trainingSchema } from './training.ts';

/** How long a lock holds without a sign of life: longer than a job of AWS Batch waits for a machine. */
const LOCK_HOURS = 24;

/** A training of the task runs already. */
export class TaskLockedError extends Error {
  override readonly name = 'TaskLockedError';
  /** Id of that training. */
  readonly holder: string;

  constructor(task: string, holder: string) {
    super(
      `Expected no other training of "${task}" to be running but ${holder} is. Wait until it is done, or cancel it.`,
    );
    this.holder = holder;
  }
}

type Changes = Partial<Omit<Training, 'kind' | 'id' | 'task' | 'updatedAt' | 'cancelRequestedAt'>>;
type Draft = Omit<Training, 'kind' | 'createdAt' | 'updatedAt'>;
type Ending = Pick<Training, 'status'> & Pick<Changes, 'result' | 'failure'>;

/** The trainings' items and locks. */
export class Trainings {
  readonly #client: DynamoDBDocumentClient;
  readonly #table: string;

  constructor(client: DynamoDBDocumentClient, table: string) {
    this.#client = client;
    this.#table = table;
  }

  /**
   * Notes a new training and locks its task, both or neither.
   * @throws TaskLockedError when another training holds the lock
   */
  async create(training: Draft): Promise<Training> {
    const now = new Date();
    const item: Training = {
      ...training,
      kind: 'training',
      createdAt: now.toISOString(),
      updatedAt: now.toISOString(),
    };
    const { id, task } = item;
    try {
      await this.#client.send(
        new TransactWriteCommand({
          TransactItems: [
            {
              Put: {
                TableName: this.#table,
                Item: { kind: 'lock', id: task, holder: id, heldUntil: lockedUntil(now) },
                ConditionExpression: 'attribute_not_exists(id) OR heldUntil < :now',
                ExpressionAttributeValues: { ':now': now.toISOString() },
              },
            },
            {
              Put: {
                TableName: this.#table,
                Item: item,
                ConditionExpression: 'attribute_not_exists(id)',
              },
            },
          ],
        }),
      );
    } catch (error) {
      if (!(error instanceof TransactionCanceledException)) throw error;
      const holder = await this.holder(task);
      if (holder === undefined || holder === id) throw error;
      throw new TaskLockedError(task, holder);
    }
    return item;
  }

  /** Notes a training that did not begin, and why. */
  async skip(draft: Draft, message: string): Promise<Training> {
    const now = new Date().toISOString();
    const training: Training = {
      ...draft,
      kind: 'training',
      status: 'skipped',
      failure: { code: 'task-locked', message },
      ...{ createdAt: now, updatedAt: now, endedAt: now },
      ...expiry(draft),
    };
    await this.#client.send(new PutCommand({ TableName: this.#table, Item: training }));
    return training;
  }

  /** @returns the id of the training that has locked a task */
  async holder(task: string): Promise<string | undefined> {
    const { Item } = await this.#client.send(
      new GetCommand({ TableName: this.#table, Key: { kind: 'lock', id: task }, ConsistentRead: true }),
    );
    return Item && lockSchema.parse(Item).holder;
  }

  /** @returns the ids of trainings that have locked their tasks */
  async holders(): Promise<string[]> {
    const locks = paginateQuery(
      { client: this.#client },
      {
        TableName: this.#table,
        KeyConditionExpression: 'kind = :kind',
        ExpressionAttributeValues: { ':kind': 'lock' },
      },
    );
    const holders: string[] = [];
    for await (const { Items = [] } of locks)
      holders.push(...Items.map((item) => lockSchema.parse(item).holder));
    return holders;
  }

  async get(id: string): Promise<Training | undefined> {
    const { Item } = await this.#client.send(
      new GetCommand({ TableName: this.#table, Key: { kind: 'training', id }, ConsistentRead: true }),
    );
    return Item && trainingSchema.parse(Item);
  }

  /** @throws Error when there is no such training */
  async find(id: string): Promise<Training> {
    const training = await this.get(id);
    if (!training) throw new Error(`Expected the id of a training but there is no "${id}".`);
    return training;
  }

  /**
   * Newest first. One that has just been started may be missing.
   * @param most how many; all of them unless it is given
   */
  async list(most = Number.POSITIVE_INFINITY): Promise<Training[]> {
    const pages = paginateQuery(
      { client: this.#client, ...(Number.isFinite(most) && { pageSize: most }) },
      {
        TableName: this.#table,
        // Locks aren't in it.
        IndexName: TIME_INDEX,
        KeyConditionExpression: 'kind = :kind',
        ExpressionAttributeValues: { ':kind': 'training' },
        ScanIndexForward: false,
      },
    );
    const trainings: Training[] = [];
    for await (const { Items = [] } of pages) {
      trainings.push(...Items.map((item) => trainingSchema.parse(item)));
      if (trainings.length >= most) break;
    }
    return trainings.slice(0, most);
  }

  /**
   * Notes changes of a training that goes on, as a sign of life.
   * @returns all of it, with what others noted in the meantime, such as that it is to be cancelled
   * @throws Error when it has ended, or its lock was taken by another one
   */
  async note(training: Pick<Training, 'id' | 'task'>, changes: Changes = {}): Promise<Training> {
    const { id, task } = training;
    const now = new Date();
    try {
      await this.#client.send(
        new UpdateCommand({
          TableName: this.#table,
          Key: { kind: 'lock', id: task },
          UpdateExpression: 'SET heldUntil = :until',
          ConditionExpression: 'holder = :id',
          ExpressionAttributeValues: { ':until': lockedUntil(now), ':id': id },
        }),
      );
    } catch (error) {
      if (!(error instanceof ConditionalCheckFailedException)) throw error;
      throw new Error(
        `Expected training ${id} to be running but it was ended, or took so long that another one began.`,
        { cause: error },
      );
    }
    return this.#set(id, { ...changes, updatedAt: now.toISOString() });
  }

  /** @returns undefined when there is no such training; one that has ended is left as it is */
  async requestCancel(id: string): Promise<Training | undefined> {
    const training = await this.get(id);
    if (!training || !isActive(training) || training.cancelRequestedAt) return training;
    return this.#set(id, { cancelRequestedAt: new Date().toISOString() });
  }

  /** Notes how a training ended and frees its task. What ended before stays as it is. */
  async conclude(id: string, { status, result, failure }: Ending): Promise<Training> {
    const before = await this.find(id);
    const now = new Date().toISOString();
    const training = isActive(before)
      ? await this.#set(id, {
          status,
          updatedAt: now,
          endedAt: now,
          ...(result && { result }),
          ...(failure && { failure }),
          ...expiry(before),
        })
      : before;
    await this.#release(training);
    return training;
  }

  /** Forgets a training that could not begin. */
  async remove(training: Training): Promise<void> {
    await this.#client.send(
      new DeleteCommand({ TableName: this.#table, Key: { kind: 'training', id: training.id } }),
    );
    await this.#release(training);
  }

  async #release({ id, task }: Training): Promise<void> {
    try {
      await this.#client.send(
        new DeleteCommand({
          TableName: this.#table,
          Key: { kind: 'lock', id: task },
          ConditionExpression: 'holder = :id',
          ExpressionAttributeValues: { ':id': id },
        }),
      );
    } catch (error) {
      // Released before, or another training's by now.
      if (!(error instanceof ConditionalCheckFailedException)) throw error;
    }
  }

  async #set(id: string, changes: Partial<Training>): Promise<Training> {
    const entries = Object.entries(changes).filter(([, value]) => value !== undefined);
    const { Attributes } = await this.#client.send(
      new UpdateCommand({
        TableName: this.#table,
        Key: { kind: 'training', id },
        UpdateExpression: `SET ${entries.map(([name]) => `#${name} = :${name}`).join(', ')}`,
        ConditionExpression: 'attribute_exists(id)',
        ExpressionAttributeNames: Object.fromEntries(entries.map(([name]) => [`#${name}`, name])),
        ExpressionAttributeValues: Object.fromEntries(entries.map(([name, value]) => [`:${name}`, value])),
        ReturnValues: 'ALL_NEW',
      }),
    );
    return trainingSchema.parse(Attributes);
  }
}

/** Only of what has ended: what goes on must not vanish. */
const expiry = ({ keepDays }: Pick<Training, 'keepDays'>) =>
  keepDays === undefined ? {} : { expiresAt: Math.floor(Date.now() / 1000) + keepDays * 86_400 };

const lockedUntil = (now: Date) => new Date(now.getTime() + LOCK_HOURS * 3_600_000).toISOString();
