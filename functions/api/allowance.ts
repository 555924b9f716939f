import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import { type DynamoDBDocumentClient, UpdateCommand, type UpdateCommandInput } from '@aws-sdk/lib-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import * as z from 'zod';
import { real } from '../../support/real.ts';

/** How much a caller may ask for. */
export const limitSchema = z.object({
  requestsPerSecond: real(0.001, 10_000),
  requestsPerDay: z.int().min(1).max(1_000_000_000),
});
export type Limit = z.infer<typeof limitSchema>;

/** An item of the key table: what a caller may ask for, and what was used of it. */
export const allowanceSchema = limitSchema.extend({
  /** The table's partition key. */
  hash: z.string(),
  /** Milliseconds from one request to the next at the allowed rate. */
  interval: z.number().positive(),
  revokedAt: z.iso.datetime().optional(),
  /** When the requests so far would have come to an end at the allowed rate, in epoch milliseconds. */
  busyUntil: z.number(),
  /** The day, in UTC, that `used` counts the requests of. */
  day: z.string(),
  used: z.number().int(),
});
export type Allowance = z.infer<typeof allowanceSchema>;

/** An allowance that nothing was used of yet. */
export const freshAllowance = (hash: string, limit: Limit): Allowance => ({
  ...{ hash, ...limit, interval: 1000 / limit.requestsPerSecond },
  ...{ busyUntil: 0, day: '', used: 0 },
});

export type Refusal =
  | { readonly refused: 'unknown' | 'revoked' }
  | { readonly refused: 'rate' | 'quota'; readonly limit: Limit; readonly retryAfterSeconds: number };

/** What callers may ask for. */
export class Allowances {
  readonly #client: DynamoDBDocumentClient;
  readonly #table: string;

  constructor(client: DynamoDBDocumentClient, table: string) {
    this.#client = client;
    this.#table = table;
  }

  /**
   * Counts one request against a caller's limits, in one conditional update: a caller who is unknown or has used up
   * what is allowed writes nothing. The rate is kept by the generic cell rate algorithm (ITU-T I.371), which needs one
   * number per caller: a second's worth of requests may come at once, and after that one each interval.
   *
   * DynamoDB computes no maximum and no "or else", so the update differs with what it finds. It begins with the
   * commonest case; a mistaken one fails and returns what is there. Time passes in between, so that a request
   * that is held up is not taken for one that comes too early.
   * @returns the item as it is now, or why the request is refused
   */
  async count(
    hash: string,
    clock = () => new Date(),
  ): Promise<{ readonly item: Record<string, unknown> } | Refusal> {
    let found: Allowance | undefined;
    for (;;) {
      try {
        const { Attributes = {} } = await this.#client.send(
          new UpdateCommand({
            TableName: this.#table,
            Key: { hash },
            ReturnValues: 'ALL_NEW',
            ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
            ...counting(found, clock()),
          }),
        );
        return { item: Attributes };
      } catch (error) {
        if (!(error instanceof ConditionalCheckFailedException)) throw error;
        if (!error.Item) return { refused: 'unknown' };
        found = allowanceSchema.parse(unmarshall(error.Item));
        const refusal = refuse(found, clock());
        if (refusal) return refusal;
      }
    }
  }

  /** Makes a caller known, who is to have no more than this; one that is known stays as it is. */
  async open(hash: string, limit: Limit): Promise<void> {
    const { hash: _, ...fields } = freshAllowance(hash, limit);
    const names = Object.keys(fields);
    try {
      await this.#client.send(
        new UpdateCommand({
          TableName: this.#table,
          Key: { hash },
          UpdateExpression: `SET ${names.map((name) => `#${name} = :${name}`).join(', ')}`,
          ConditionExpression: 'attribute_not_exists(#hash)',
          ExpressionAttributeNames: {
            '#hash': 'hash',
            ...Object.fromEntries(names.map((name) => [`#${name}`, name])),
          },
          ExpressionAttributeValues: Object.fromEntries(
            Object.entries(fields).map(([name, value]) => [`:${name}`, value]),
          ),
        }),
      );
    } catch (error) {
      if (!(error instanceof ConditionalCheckFailedException)) throw error;
    }
  }
}

/** How much earlier than at the even rate a request may come, in milliseconds: a second's worth at once. */
const tolerance = ({ requestsPerSecond, interval }: Allowance) =>
  (Math.max(1, requestsPerSecond) - 1) * interval;

function refuse(allowance: Allowance, now: Date): Refusal | undefined {
  if (allowance.revokedAt) return { refused: 'revoked' };
  const today = dayOf(now);
  if (allowance.day === today && allowance.used >= allowance.requestsPerDay) {
    const midnight = Date.parse(today) + 86_400_000;
    return {
      refused: 'quota',
      limit: allowance,
      retryAfterSeconds: Math.ceil((midnight - now.getTime()) / 1000),
    };
  }
  const early = allowance.busyUntil - tolerance(allowance) - now.getTime();
  if (early > 0) return { refused: 'rate', limit: allowance, retryAfterSeconds: Math.ceil(early / 1000) };
  return undefined;
}

type Counting = Pick<
  UpdateCommandInput,
  'UpdateExpression' | 'ConditionExpression' | 'ExpressionAttributeNames' | 'ExpressionAttributeValues'
>;

function counting(found: Allowance | undefined, time: Date): Counting {
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
