import { createHash, randomBytes } from 'node:crypto';
import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import {
  type DynamoDBDocumentClient,
  PutCommand,
  paginateScan,
  UpdateCommand,
  type UpdateCommandInput,
} from '@aws-sdk/lib-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import * as z from 'zod';
import { real } from '../../support/real.ts';

/** What the table holds for one API key: all but the key itself. */
const keySchema = z.object({
  /** The table's partition key: SHA-256 of the key, hexadecimal. */
  hash: z.string(),
  /** Names the key to people. */
  id: z.string(),
  name: z.string(),
  /** Whose photos the key opens; several keys may have the same owner. */
  owner: z.string(),
  /** Whether the key also opens photos that were dropped into the bucket. */
  admin: z.boolean(),
  /** Whether its holder may train networks. */
  trainings: z.boolean().default(false),
  requestsPerSecond: real(0.001, 10_000),
  requestsPerDay: z.int().min(1).max(1_000_000_000),
  /** Milliseconds from one request to the next at the allowed rate. */
  interval: z.number().positive(),
  createdAt: z.iso.datetime(),
  revokedAt: z.iso.datetime().optional(),
  /** When the requests so far would have come to an end at the allowed rate, in epoch milliseconds. */
  busyUntil: z.number(),
  /** The day, in UTC, that `used` counts the requests of. */
  day: z.string(),
  used: z.number().int(),
});
export type ApiKey = z.infer<typeof keySchema>;

export interface NewKey {
  readonly name: string;
  /** Default: a new owner. */
  readonly owner?: string;
  readonly admin?: boolean;
  readonly trainings?: boolean;
  readonly requestsPerSecond?: number;
  readonly requestsPerDay?: number;
}

export type Use =
  | { readonly key: ApiKey }
  | { readonly refused: 'unknown' | 'revoked' }
  | { readonly refused: 'rate' | 'quota'; readonly key: ApiKey; readonly retryAfterSeconds: number };

const DEFAULTS = { requestsPerSecond: 10, requestsPerDay: 10_000 };

/** An owner is the name of a folder. */
const OWNER = /^[A-Za-z0-9_-]{1,64}$/;
/** 32 random bytes behind a prefix that secret scanners and people recognise. */
export const KEY_BEGINNING = 'fd_';
const PATTERN = new RegExp(`^${KEY_BEGINNING}[A-Za-z0-9_-]{43}$`);

/**
 * The API keys. A key is 256 random bits, so its plain SHA-256 can be kept: there is no dictionary to try, and
 * nothing for a slow hash to slow down.
 */
export class Keys {
  readonly #client: DynamoDBDocumentClient;
  readonly #table: string;

  constructor(client: DynamoDBDocumentClient, table: string) {
    this.#client = client;
    this.#table = table;
  }

  /**
   * @returns the key itself, which is not kept, and what is
   * @throws Error when there can be no such owner
   */
  async create({
    name,
    owner,
    admin = false,
    trainings = false,
    ...limits
  }: NewKey): Promise<{ secret: string; key: ApiKey }> {
    if (owner !== undefined && !OWNER.test(owner)) {
      throw new Error(
        `Expected an owner of at most 64 letters, digits, hyphens and underscores but received "${owner}".`,
      );
    }
    const { requestsPerSecond, requestsPerDay } = { ...DEFAULTS, ...limits };
    const secret = `${KEY_BEGINNING}${randomBytes(32).toString('base64url')}`;
    const key = keySchema.parse({
      hash: hashOf(secret),
      id: random(6),
      name,
      owner: owner ?? random(16),
      admin,
      trainings,
      requestsPerSecond,
      requestsPerDay,
      interval: 1000 / requestsPerSecond,
      createdAt: new Date().toISOString(),
      busyUntil: 0,
      day: '',
      used: 0,
    });
    await this.#client.send(new PutCommand({ TableName: this.#table, Item: key }));
    return { secret, key };
  }

  /** Oldest first, revoked ones among them. */
  async list(): Promise<ApiKey[]> {
    const keys: ApiKey[] = [];
    for await (const { Items = [] } of paginateScan({ client: this.#client }, { TableName: this.#table })) {
      keys.push(...Items.map((item) => keySchema.parse(item)));
    }
    return keys.sort((a, b) => a.createdAt.localeCompare(b.createdAt));
  }

  /** @returns the key that is no longer valid; undefined when there is none of that id */
  async revoke(id: string): Promise<ApiKey | undefined> {
    const key = (await this.list()).find((each) => each.id === id);
    if (!key || key.revokedAt) return key;
    const { Attributes } = await this.#client.send(
      new UpdateCommand({
        TableName: this.#table,
        Key: { hash: key.hash },
        UpdateExpression: 'SET revokedAt = :now',
        ExpressionAttributeValues: { ':now': new Date().toISOString() },
        ReturnValues: 'ALL_NEW',
      }),
    );
    return keySchema.parse(Attributes);
  }

  /**
   * Looks a key up and counts one request against its limits, in one conditional update: a key that is wrong or
   * used up writes nothing. The rate is kept by the generic cell rate algorithm (ITU-T I.371), which needs one
   * number per key: a second's worth of requests may come at once, and after that one each interval.
   *
   * DynamoDB computes no maximum and no "or else", so the update differs with what it finds. It begins with the
   * commonest case; a mistaken one fails and returns what is there. Time passes in between, so that a request
   * that is held up is not taken for one that comes too early.
   */
  async use(secret: string, clock = () => new Date()): Promise<Use> {
    if (!PATTERN.test(secret)) return { refused: 'unknown' };
    let found: ApiKey | undefined;
    for (;;) {
      try {
        const { Attributes } = await this.#client.send(
          new UpdateCommand({
            TableName: this.#table,
            Key: { hash: hashOf(secret) },
            ReturnValues: 'ALL_NEW',
            ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
            ...counting(found, clock()),
          }),
        );
        return { key: keySchema.parse(Attributes) };
      } catch (error) {
        if (!(error instanceof ConditionalCheckFailedException)) throw error;
        if (!error.Item) return { refused: 'unknown' };
        found = keySchema.parse(unmarshall(error.Item));
        const refusal = refuse(found, clock());
        if (refusal) return refusal;
      }
    }
  }
}

/** How much earlier than at the even rate a request may come, in milliseconds: a second's worth at once. */
const tolerance = ({ requestsPerSecond, interval }: ApiKey) =>
  (Math.max(1, requestsPerSecond) - 1) * interval;

function refuse(key: ApiKey, now: Date): Use | undefined {
  if (key.revokedAt) return { refused: 'revoked' };
  const today = dayOf(now);
  if (key.day === today && key.used >= key.requestsPerDay) {
    const midnight = Date.parse(today) + 86_400_000;
    return { refused: 'quota', key, retryAfterSeconds: Math.ceil((midnight - now.getTime()) / 1000) };
  }
  const early = key.busyUntil - tolerance(key) - now.getTime();
  if (early > 0) return { refused: 'rate', key, retryAfterSeconds: Math.ceil(early / 1000) };
  return undefined;
}

type Counting = Pick<
  UpdateCommandInput,
  'UpdateExpression' | 'ConditionExpression' | 'ExpressionAttributeNames' | 'ExpressionAttributeValues'
>;

function counting(found: ApiKey | undefined, time: Date): Counting {
  const [now, today] = [time.getTime(), dayOf(time)];
  const busy = found !== undefined && found.busyUntil > now;
  const sameDay = found === undefined || found.day === today;
  return {
    UpdateExpression: `SET busyUntil = ${busy ? 'busyUntil' : ':now'} + #interval,
      used = ${sameDay ? 'used + :one' : ':one'}, #day = :today`,
    ConditionExpression: `attribute_exists(#hash) AND attribute_not_exists(revokedAt)
      AND ${busy ? 'busyUntil > :now AND busyUntil <= :latest' : 'busyUntil <= :now'}
      AND ${sameDay ? '#day = :today AND used < requestsPerDay' : '#day <> :today'}`,
    ExpressionAttributeNames: { '#hash': 'hash', '#day': 'day', '#interval': 'interval' },
    ExpressionAttributeValues: {
      ':now': now,
      ':one': 1,
      ':today': today,
      ...(busy && { ':latest': now + tolerance(found) }),
    },
  };
}

/** In UTC: 2026-01-31. */
const dayOf = (time: Date) => time.toISOString().slice(0, 10);
const hashOf = (secret: string) => createHash('sha256').update(secret).digest('hex');
const random = (bytes: number) => randomBytes(bytes).toString('hex');
