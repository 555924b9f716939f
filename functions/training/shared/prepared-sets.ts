import path from 'node:path';
import type { S3Client } from '@aws-sdk/client-s3';
import { downloadPreparedSet } from '../../../training/dataset/download.ts';
import type { PreparedSet } from '../../../training/dataset/prepared.ts';
import {
  joinPreparedSets,
  joinWithReference,
  openPreparedSet,
  withoutPoorFaces,
} from '../../../training/dataset/prepared-set.ts';

/** A prefix as the name of a folder. */
export const folderOf = (prefix: string) => prefix.replaceAll('/', '_');

/** What a training learns from and is judged by. */
export interface Sets {
  /** Where the sets lie in the bucket. */
  readonly prepared: readonly string[];
  /** Where the set lies that alone judges. */
  readonly reference?: string | undefined;
  /** Of the faces to learn from, 0 to 100. */
  readonly minimumQuality: number;
}

/**
 * Brings prepared data sets onto this machine and opens them as one.
 * @param directory to have a folder of each, `folderOf` its prefix; what is there already is not fetched again
 */
export async function openSets(
  client: S3Client,
  bucket: string,
  { prepared, reference, minimumQuality }: Sets,
  directory: string,
): Promise<PreparedSet> {
  const open = async (prefix: string): Promise<PreparedSet> => {
    const folder = path.join(directory, folderOf(prefix));
    await downloadPreparedSet(client, { bucket, prefix }, folder);
    return openPreparedSet(folder);
  };
  const sets: PreparedSet[] = [];
  for (const prefix of prepared) sets.push(await open(prefix));
  const all =
    reference === undefined ? joinPreparedSets(sets) : joinWithReference(sets, await open(reference));
  return withoutPoorFaces(all, minimumQuality);
}
