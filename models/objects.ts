import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import {
  DeleteObjectCommand,
  GetObjectCommand,
  HeadObjectCommand,
  NoSuchKey,
  NotFound,
  PutObjectCommand,
  paginateListObjectsV2,
  type S3Client,
  S3ServiceException,
} from '@aws-sdk/client-s3';
import type { FileFacts } from './card.ts';
import { RegistryError } from './registry-error.ts';

/** Under which condition an object is written: it is still as it was read, or there is none. */
export type Condition = { readonly etag: string } | 'absent';

/** The objects of a registry. */
export class ModelObjects {
  readonly #client: S3Client;
  readonly #bucket: string;

  constructor(client: S3Client, bucket: string) {
    this.#client = client;
    this.#bucket = bucket;
  }

  /** @throws RegistryError `missing` */
  async open(key: string): Promise<{ body: Readable; etag?: string }> {
    const found = await this.openIfChanged(key);
    if (typeof found === 'object') return found;
    throw new RegistryError('missing', `Expected ${key} in bucket ${this.#bucket} but it is not there.`);
  }

  /** @param etag of the object as it is known already */
  async openIfChanged(
    key: string,
    etag?: string,
  ): Promise<{ body: Readable; etag?: string } | 'absent' | 'unchanged'> {
    const condition = etag === undefined ? {} : { IfNoneMatch: etag };
    try {
      const { Body, ETag } = await this.#client.send(
        new GetObjectCommand({ Bucket: this.#bucket, Key: key, ...condition }),
      );
      const body = Body instanceof Readable ? Body : Readable.from([]);
      return { body, ...(ETag && { etag: ETag }) };
    } catch (error) {
      if (error instanceof NoSuchKey) return 'absent';
      if (statusOf(error) === 304) return 'unchanged';
      throw error;
    }
  }

  async has(key: string): Promise<boolean> {
    try {
      await this.#client.send(new HeadObjectCommand({ Bucket: this.#bucket, Key: key }));
      return true;
    } catch (error) {
      if (error instanceof NotFound) return false;
      throw error;
    }
  }

  /** The names of what looks like folders right below `prefix`. */
  async folders(prefix: string): Promise<string[]> {
    const names: string[] = [];
    const pages = paginateListObjectsV2(
      { client: this.#client },
      { Bucket: this.#bucket, Prefix: prefix, Delimiter: '/' },
    );
    for await (const { CommonPrefixes = [] } of pages) {
      names.push(...CommonPrefixes.map(({ Prefix = '' }) => Prefix.slice(prefix.length, -1)));
    }
    return names;
  }

  /** Deletes all whose keys begin so. */
  async delete(prefix: string): Promise<void> {
    const pages = paginateListObjectsV2({ client: this.#client }, { Bucket: this.#bucket, Prefix: prefix });
    for await (const { Contents = [] } of pages) {
      for (const { Key } of Contents) {
        await this.#client.send(new DeleteObjectCommand({ Bucket: this.#bucket, Key }));
      }
    }
  }

  /** @returns false when the condition did not hold: nothing was written, or the same was by an earlier try */
  async write(
    key: string,
    body: Uint8Array | string,
    contentType: string,
    condition?: Condition,
  ): Promise<boolean> {
    try {
      await this.#client.send(
        new PutObjectCommand({
          Bucket: this.#bucket,
          Key: key,
          Body: body,
          ContentType: contentType,
          ...(condition && (condition === 'absent' ? { IfNoneMatch: '*' } : { IfMatch: condition.etag })),
        }),
      );
      return true;
    } catch (error) {
      // Not as expected; being written by another at this moment; deleted.
      if (condition && [412, 409, 404].includes(statusOf(error) ?? 0)) return false;
      throw error;
    }
  }
}

export const factsOf = (content: Uint8Array): FileFacts => ({
  bytes: content.length,
  sha256: createHash('sha256').update(content).digest('hex'),
});

/** @throws RegistryError `corrupt` when content is not what was published */
export async function check(
  name: string,
  facts: FileFacts,
  content: AsyncIterable<Uint8Array>,
): Promise<void> {
  const hash = createHash('sha256');
  let bytes = 0;
  for await (const chunk of content) {
    hash.update(chunk);
    bytes += chunk.length;
  }
  const sha256 = hash.digest('hex');
  if (bytes === facts.bytes && sha256 === facts.sha256) return;
  throw new RegistryError(
    'corrupt',
    `Expected ${name} to be ${facts.bytes} bytes with SHA-256 ${facts.sha256} but received ${bytes} bytes with ${sha256}. Publish the model again as a new version.`,
  );
}

const statusOf = (error: unknown): number | undefined =>
  error instanceof S3ServiceException ? error.$metadata.httpStatusCode : undefined;
