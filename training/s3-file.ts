import { createWriteStream } from 'node:fs';
import { rename } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { GetObjectCommand, type S3Client } from '@aws-sdk/client-s3';

/**
 * Brings an object into a file, whole or not at all.
 * @throws NoSuchKey when it is not there
 */
export async function fetchFile(client: S3Client, bucket: string, key: string, file: string): Promise<void> {
  const { Body } = await client.send(new GetObjectCommand({ Bucket: bucket, Key: key }));
  if (!(Body instanceof Readable)) throw new TypeError(`Expected a stream for ${key}.`);
  await pipeline(Body, createWriteStream(`${file}.new`));
  await rename(`${file}.new`, file);
}
