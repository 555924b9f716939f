import { createHash, randomBytes } from 'node:crypto';
import { type DynamoDBDocumentClient, PutCommand, paginateScan, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod';
import { Allowances, allowanceSchema, freshAllowance, type Refusal } from './allowance.ts';

/** What the table holds for one API key: all but the key itself. */
const keySchema = allowanceSchema.extend({
  /** SHA-256 of the key, hexadecimal. */
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
  createdAt: z.iso.datetime(),
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

export type Use = { readonly key: ApiKey } | Refusal;

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
  readonly #allowances: Allowances;

  constructor(client: DynamoDBDocumentClient, table: string) {
    this.#client = client;
    this.#table = table;
    this.#allowances = new Allowances(client, table);
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
    const secret = `${KEY_BEGINNING}${randomBytes(32).toString('base64url')}`;
    const key = keySchema.parse({
      ...freshAllowance(hashOf(secret), { ...DEFAULTS, ...limits }),
      id: random(6),
      name,
      owner: owner ?? random(16),
      admin,
      trainings,
      createdAt: new Date().toISOString(),
    });
    await this.#client.send(new PutCommand({ TableName: this.#table, Item: key }));
    return { secret, key };
  }

  /** Oldest first, revoked ones among them. */
  async list(): Promise<ApiKey[]> {
    const keys: ApiKey[] = [];
    const pages = paginateScan(
      { client: this.#client },
      // AWS identities have their allowances in the same table.
      { TableName: this.#table, FilterExpression: 'attribute_exists(id)' },
    );
    for await (const { Items = [] } of pages) {
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

  /** Looks a key up and counts one request against its limits. */
  async use(secret: string, clock?: () => Date): Promise<Use> {
    if (!PATTERN.test(secret)) return { refused: 'unknown' };
    const use = await this.#allowances.count(hashOf(secret), clock);
    return 'refused' in use ? use : { key: keySchema.parse(use.item) };
  }
}

const hashOf = (secret: string) => createHash('sha256').update(secret).digest('hex');
const random = (bytes: number) => randomBytes(bytes).toString('hex');
