import {
  GetObjectCommand,
  HeadObjectCommand,
  NoSuchKey,
  NotFound,
  type S3Client,
  S3ServiceException,
} from '@aws-sdk/client-s3';
import type { PhotoEvent } from './event.ts';

/** A photo in a bucket; with an empty `etag`, whichever version lies there. */
type Version = Pick<PhotoEvent, 'bucket' | 'key' | 'etag'>;

/** Why a photo's bytes are not there to look at. */
export type Unread = 'gone' | 'overwritten' | 'too-many-bytes';

/** The photos in the bucket. */
export class Photos {
  readonly #client: S3Client;
  readonly #maximumBytes: number;

  constructor(client: S3Client, maximumBytes: number) {
    this.#client = client;
    this.#maximumBytes = maximumBytes;
  }

  /** Reads one version of a photo, unless S3 says that it is too long. */
  async read({ bucket, key, etag }: Version): Promise<{ bytes: Buffer } | { unread: Unread; size?: number }> {
    try {
      const { Body, ContentLength: size = 0 } = await this.#client.send(
        new GetObjectCommand({ Bucket: bucket, Key: key, ...(etag && { IfMatch: etag }) }),
      );
      if (size > this.#maximumBytes) {
        // Nothing is read of it, and the connection is given back.
        if (Body && 'destroy' in Body) Body.destroy();
        return { unread: 'too-many-bytes', size };
      }
      const { buffer, byteOffset, length } = (await Body?.transformToByteArray()) ?? new Uint8Array();
      return { bytes: Buffer.from(buffer, byteOffset, length) };
    } catch (error) {
      if (error instanceof NoSuchKey) return { unread: 'gone' };
      if (isOverwritten(error)) return { unread: 'overwritten' };
      throw error;
    }
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

const isOverwritten = (error: unknown) =>
  error instanceof S3ServiceException && error.$metadata.httpStatusCode === 412;
