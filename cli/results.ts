import { setTimeout as sleep } from 'node:timers/promises';
import { HeadObjectCommand, NotFound } from '@aws-sdk/client-s3';
import { BatchGetCommand } from '@aws-sdk/lib-dynamodb';
import pMap from 'p-map';
import { z } from 'zod';
import { isFinished, type Photo, photoSchema } from '../functions/shared/item.ts';
import type { Target } from './target.ts';

/** DynamoDB's limit for one BatchGetItem. */
const BATCH = 100;
/** Keys asked for in one round of polling; the others have their turn in the next. */
const ROUND = 5 * BATCH;
/** Milliseconds without a result until it is asked whether the photos are there still. */
const DOUBT = 5_000;
/** Photos asked for side by side. */
const ASKED = 8;
/** Milliseconds between two rounds: grows while nothing comes, shrinks when something does. */
const PAUSE = { first: 150, longest: 2_000, factor: 1.5 };

/** What a result is waited for. */
export interface Awaited {
  readonly key: string;
  /** Entity tag of the version to be analysed, without quotes; absent when any version will do. */
  readonly etag?: string;
  /** The key's item as it was before: a result that must not be taken for the new one. */
  readonly before?: Photo;
}

export interface WaitOptions {
  /** Stop waiting when no result has come for this long; default 300. */
  readonly timeoutSeconds?: number;
  readonly onResult?: (photo: Photo) => void;
}

/**
 * Waits until the photos are analysed, or have failed, or were deleted or overwritten.
 * @returns the results that came, in the order of `awaited`
 */
export async function waitForResults(
  target: Target,
  awaited: readonly Awaited[],
  { timeoutSeconds = 300, onResult }: WaitOptions = {},
): Promise<Photo[]> {
  const pending = new Map(awaited.map((one) => [one.key, one]));
  const results = new Map<string, Photo>();
  let pause = PAUSE.first;
  let lastResult = performance.now();
  let lastDoubt = lastResult;

  while (pending.size > 0) {
    const round = [...pending.values()].slice(0, ROUND);
    const photos = await readPhotos(
      target,
      round.map(({ key }) => key),
    );
    const resultsBefore = results.size;
    for (const one of round) {
      const photo = photos.get(one.key);
      pending.delete(one.key);
      if (photo && isResult(photo, one)) {
        results.set(one.key, photo);
        onResult?.(photo);
      } else {
        pending.set(one.key, one); // at the end, after those that were not asked for in this round
      }
    }
    const now = performance.now();
    if (results.size > resultsBefore) {
      lastResult = now;
      pause = Math.max(pause / PAUSE.factor, PAUSE.first);
    } else {
      if (now - lastResult >= timeoutSeconds * 1000) break;
      pause = Math.min(pause * PAUSE.factor, PAUSE.longest);
      if (now - Math.max(lastResult, lastDoubt) >= DOUBT) {
        for (const { key } of await findLost(target, round)) pending.delete(key);
        lastDoubt = performance.now();
      }
    }
    if (pending.size > 0) await sleep(Math.min(pause, Math.max(0, lastResult + timeoutSeconds * 1000 - now)));
  }
  return awaited.flatMap(({ key }) => results.get(key) ?? []);
}

/** Photos that no result will come for. Where nobody can say, because the bucket may not be read, waiting continues. */
async function findLost(target: Target, awaited: readonly Awaited[]): Promise<Awaited[]> {
  const look = (one: Awaited) => findPhoto(target, one).catch(() => 'there' as const);
  const found = await pMap(awaited, look, { concurrency: ASKED });
  return awaited.filter((_, index) => found[index] !== 'there');
}

/** Whether the item is the finished result of what is waited for, and not one that was there before. */
function isResult(photo: Photo, { etag, before }: Awaited): boolean {
  if (!isFinished(photo)) return false;
  if (etag !== undefined && photo.etag !== etag) return false;
  if (!before || photo.analysis !== before.analysis) return true;
  // The same analysis, begun again after it had failed.
  return isFinished(before) && photo.completedAt !== before.completedAt;
}

/** Reads the items of any number of keys. Keys without an item are absent from the answer. */
export async function readPhotos(target: Target, keys: readonly string[]): Promise<Map<string, Photo>> {
  const photos = new Map<string, Photo>();
  const left = [...new Set(keys)];
  const table = target.stack.table;
  let throttled = 0;
  while (left.length > 0) {
    const { Responses, UnprocessedKeys } = await target.dynamo.send(
      new BatchGetCommand({
        RequestItems: {
          [table]: { Keys: left.splice(0, BATCH).map((photo) => ({ photo })), ConsistentRead: true },
        },
      }),
    );
    for (const item of Responses?.[table] ?? []) {
      const { data: photo, error } = photoSchema.safeParse(item);
      if (error) {
        throw new Error(
          `Expected the item of a photo but table ${table} holds another one; is the deployed version older?\n${z.prettifyError(error)}`,
          { cause: error },
        );
      }
      photos.set(photo.photo, photo);
    }
    // Throttled, or more than 16 MB.
    const unprocessed = UnprocessedKeys?.[table]?.Keys ?? [];
    left.push(...unprocessed.map(({ photo }) => String(photo)));
    throttled = unprocessed.length > 0 ? throttled + 1 : 0;
    if (throttled > 0) await sleep(Math.min(50 * 2 ** throttled, 5_000) * Math.random());
  }
  return photos;
}

/** Whether the photo still lies in the bucket as the version that is waited for. */
export async function findPhoto(
  { s3, stack }: Target,
  { key, etag }: Awaited,
): Promise<'there' | 'overwritten' | 'gone'> {
  try {
    const head = await s3.send(new HeadObjectCommand({ Bucket: stack.photoBucket, Key: key }));
    return etag === undefined || head.ETag?.replaceAll('"', '') === etag ? 'there' : 'overwritten';
  } catch (error) {
    if (error instanceof NotFound) return 'gone';
    throw error;
  }
}

/** Seconds from a photo's upload to its result; absent while there is none. */
export function secondsToResult({
  uploadedAt,
  requestedAt = uploadedAt,
  completedAt,
}: Photo): number | undefined {
  return completedAt === undefined ? undefined : (Date.parse(completedAt) - Date.parse(requestedAt)) / 1000;
}
