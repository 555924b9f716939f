import { readFile, writeFile } from 'node:fs/promises';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { Keys } from '../functions/api/keys.ts';
import type { LocalAws } from './ministack.ts';

/**
 * Where the HTTP API of a local AWS is: by path, as not every machine resolves names below `localhost`.
 * @param apiUrl as the stack gives it: `http://<id>.execute-api.<host>/`
 */
export function localApiUrl(apiUrl: string, { endpoint }: LocalAws): string {
  // No URL by the standard, in which a host that ends in a number is an address.
  const [, id] = apiUrl.match(/^https?:\/\/(\w+)\.execute-api\./) ?? [];
  if (!id) throw new Error(`Expected the address of an HTTP API but received ${apiUrl}.`);
  return `${endpoint}/_aws/execute-api/${id}/`;
}

/** The owner's own machine sets no narrow limits. */
const LIMITS = { requestsPerSecond: 100, requestsPerDay: 1_000_000 };

/**
 * A ready API key of a local stack: the one it had before, or a new one.
 * @param file where the key is kept from one start to the next
 */
export async function localApiKey(keyTable: string, aws: LocalAws, file: string): Promise<string> {
  // The SDK writes into credentials.
  const client = new DynamoDBClient({ ...aws, credentials: { ...aws.credentials } });
  const keys = new Keys(DynamoDBDocumentClient.from(client), keyTable);
  try {
    const before = await readFile(file, 'utf8').catch(() => '');
    const use = await keys.use(before);
    if ('key' in use && use.key.trainings) return before;
    const { secret } = await keys.create({ name: 'local', admin: true, trainings: true, ...LIMITS });
    await writeFile(file, secret, { mode: 0o600 });
    return secret;
  } finally {
    client.destroy();
  }
}
