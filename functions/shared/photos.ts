import {
  DeleteObjectCommand,
  GetObjectCommand,
  GetObjectTaggingCommand,
  HeadObjectCommand,
  NoSuchKey,
  NotFound,
  type S3Client,
  S3ServiceException,
} from '@aws-sdk/client-s3';
import { namesIn, WANTED, type Wanted } from '../../attributes/wanted.ts';
import type { PhotoEvent } from './event.ts';

/** A photo in a bucket; with an empty `etag`, whichever version lies there. */
type Version = Pick<PhotoEvent, 'bucket' | 'key' | 'etag'>;

/** Why a photo was not read. */
export type Unread = Extract<Reading, { readonly unread: string }>['unread'];

export interface PhotoRead {
  readonly bytes: Buffer;
  /** As its metadata say. */
  readonly wanted: Wanted;
}

/** What came of reading a photo: `skipped` is one that is not to be analysed; `refused` says why S3 does not hand it out, however often it is asked, and what to do. */
export type Reading =
  | PhotoRead
  | { readonly unread: 'gone' | 'overwritten' | 'skipped' }
  | { readonly unread: 'too-many-bytes'; readonly size: number }
  | { readonly unread: 'refused'; readonly reason: string };

const AGAIN = 'then analyse it with "npm run backfill -- --all --prefix KEY"';
/** What S3 says to that, by the name of the error and what is in its message. */
const REFUSALS: readonly (readonly [name: RegExp, message: RegExp, reason: string])[] = [
  [
    /^InvalidObjectState$/,
    /(?:)/,
    `Expected a photo that can be read at once but it is in an archive storage class of S3. Restore it, ${AGAIN}.`,
  ],
  [
    /^InvalidRequest$/,
    /Server Side Encryption/i,
    'Expected a photo that the stack can decrypt but it is encrypted with a key of yours (SSE-C). Upload it without SSE-C.',
  ],
  [
    /^(AccessDenied$|KMS\.)/,
    /kms/i,
    `Expected a photo that the stack can decrypt but the stack may not use its AWS KMS key. Allow the stack's role kms:Decrypt, ${AGAIN}.`,
  ],
];

/** The tag of objects that are not to be analysed. */
const SKIP = { key: 'facedrop', value: 'skip' };

/** The photos in the bucket. */
export class Photos {
  readonly #client: S3Client;
  readonly #maximumBytes: number;
  readonly #skipPrefixes: readonly string[];

  /** @param skipPrefixes what keys of photos begin with that are not to be analysed */
  constructor(client: S3Client, maximumBytes: number, skipPrefixes: readonly string[] = []) {
    this.#client = client;
    this.#maximumBytes = maximumBytes;
    this.#skipPrefixes = skipPrefixes;
  }

  /** Reads one version of a photo to analyse it, unless that is not to be. */
  async readToAnalyse(version: Version): Promise<Reading> {
    return this.#liesApart(version) ? { unread: 'skipped' } : this.#read(version, true);
  }

  /** Reads one version of a photo, unless S3 says that it is too long. */
  read(version: Version): Promise<Reading> {
    return this.#read(version, false);
  }

  async #read({ bucket, key, etag }: Version, toAnalyse: boolean): Promise<Reading> {
    try {
      const {
        Body,
        ContentLength: size = 0,
        Metadata,
        TagCount = 0,
      } = await this.#client.send(
        new GetObjectCommand({ Bucket: bucket, Key: key, ...(etag && { IfMatch: etag }) }),
      );
      // Where nothing is read of it, the connection is given back.
      const leave = () => Body && 'destroy' in Body && Body.destroy();
      // Few photos have tags: the others cost no second request.
      if (toAnalyse && TagCount > 0 && (await this.#isTagged({ bucket, key }).catch(rethrowAfter(leave)))) {
        leave();
        return { unread: 'skipped' };
      }
      if (size > this.#maximumBytes) {
        leave();
        return { unread: 'too-many-bytes', size };
      }
      const { buffer, byteOffset, length } = (await Body?.transformToByteArray()) ?? new Uint8Array();
      return { bytes: Buffer.from(buffer, byteOffset, length), wanted: wantedBy(Metadata) };
    } catch (error) {
      if (error instanceof NoSuchKey) return { unread: 'gone' };
      if (isOverwritten(error)) return { unread: 'overwritten' };
      const reason = refusalIn(error);
      if (reason !== undefined) return { unread: 'refused', reason };
      throw error;
    }
  }

  /** Whether what lies there now is not to be analysed. */
  async isSkipped(photo: Pick<Version, 'bucket' | 'key'>): Promise<boolean> {
    if (this.#liesApart(photo)) return true;
    try {
      return await this.#isTagged(photo);
    } catch (error) {
      if (error instanceof S3ServiceException && error.name === 'NoSuchKey') return false;
      throw error;
    }
  }

  #liesApart({ key }: Pick<Version, 'key'>): boolean {
    return this.#skipPrefixes.some((prefix) => key.startsWith(prefix));
  }

  async #isTagged({ bucket, key }: Pick<Version, 'bucket' | 'key'>): Promise<boolean> {
    const { TagSet = [] } = await this.#client.send(
      new GetObjectTaggingCommand({ Bucket: bucket, Key: key }),
    );
    return TagSet.some(({ Key, Value }) => Key === SKIP.key && Value === SKIP.value);
  }

  /** Deletes a photo, whichever version lies there. */
  async delete({ bucket, key }: Pick<Version, 'bucket' | 'key'>): Promise<void> {
    await this.#client.send(new DeleteObjectCommand({ Bucket: bucket, Key: key }));
  }

  /** Whether the photo lies in the bucket, and in this version if one is named. */
  async lies({ bucket, key, etag }: Version): Promise<boolean> {
    try {
      await this.#client.send(
        new HeadObjectCommand({ Bucket: bucket, Key: key, ...(etag && { IfMatch: etag }) }),
      );
      return true;
    } catch (error) {
      if (error instanceof NotFound || isOverwritten(error)) return false;
      throw error;
    }
  }
}

function wantedBy({ [WANTED]: names }: Readonly<Record<string, string>> = {}): Wanted {
  return names === undefined ? undefined : namesIn(names);
}

/** Does something before an error goes on. */
const rethrowAfter = (work: () => void) => (error: unknown) => {
  work();
  throw error;
};

const isOverwritten = (error: unknown) =>
  error instanceof S3ServiceException && error.$metadata.httpStatusCode === 412;

function refusalIn(error: unknown): string | undefined {
  if (!(error instanceof S3ServiceException)) return undefined;
  // That it is a KMS key's fault may stand in the error's name, or in its message.
  const text = `${error.name} ${error.message}`;
  return REFUSALS.find(([name, message]) => name.test(error.name) && message.test(text))?.[2];
}
