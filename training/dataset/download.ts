import { mkdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { NoSuchKey, paginateListObjectsV2, type S3Client } from '@aws-sdk/client-s3';
import pMap from 'p-map';
import { fetchFile } from '../s3-file.ts';
import { PREPARED_FILE } from './prepared.ts';
import { DatasetError } from './problem.ts';

/** Files fetched side by side. */
const CONCURRENCY = 8;

/** Where a prepared set lies: a prefix that ends in its content hash, so that what lies there never changes. */
export interface PreparedPlace {
  readonly bucket: string;
  /** With a slash at its end. */
  readonly prefix: string;
}

/**
 * Brings a prepared set from a bucket into a directory, for `openPreparedSet`. What is there already is not
 * fetched again, so that an interrupted download continues where it stopped.
 * @throws DatasetError when there is no complete set in the bucket, or it vanishes during the download
 */
export async function downloadPreparedSet(
  client: S3Client,
  place: PreparedPlace,
  directory: string,
): Promise<void> {
  const sizes = await listSizes(client, place);
  const complete = sizes.get(PREPARED_FILE);
  if (complete === undefined) throw vanished(place, PREPARED_FILE);
  sizes.delete(PREPARED_FILE);
  await mkdir(directory, { recursive: true });
  const fetchMissing = async ([name, size]: readonly [string, number]) => {
    const path = join(directory, name);
    const there = await stat(path).catch(() => undefined);
    if (there?.size === size) return;
    try {
      await fetchFile(client, place.bucket, place.prefix + name, path);
    } catch (error) {
      throw error instanceof NoSuchKey ? vanished(place, name, error) : error;
    }
  };
  await pMap([...sizes], fetchMissing, { concurrency: CONCURRENCY });
  // Last: only then is the set complete here, too.
  await fetchMissing([PREPARED_FILE, complete]);
}

async function listSizes(client: S3Client, { bucket, prefix }: PreparedPlace): Promise<Map<string, number>> {
  const sizes = new Map<string, number>();
  for await (const { Contents = [] } of paginateListObjectsV2(
    { client },
    { Bucket: bucket, Prefix: prefix },
  )) {
    for (const { Key = '', Size = 0 } of Contents) {
      const name = Key.slice(prefix.length);
      if (/^(?:\d+\.(?:jpegs|json)|prepared\.json)$/.test(name)) sizes.set(name, Size);
    }
  }
  return sizes;
}

const vanished = ({ bucket, prefix }: PreparedPlace, name: string, cause?: unknown) =>
  new DatasetError(
    `Expected a prepared data set at s3://${bucket}/${prefix} but there is no ${name}, or no longer. Start the training again to prepare it again.`,
    [],
    { cause },
  );
