import path from 'node:path';
import type { S3Client } from '@aws-sdk/client-s3';
import { downloadPreparedSet } from '../../../training/dataset/download.ts';
import type { PreparedSet } from '../../../training/dataset/prepared.ts';
import {
  joinPreparedSets,
  joinWithReference,
  openPreparedSet,
} from '../../../training/dataset/prepared-set.ts';

/** A prefix as the name of a folder. */
export const folderOf = (prefix: string) => prefix.replaceAll('/', '_');

/**
 * Brings prepared data sets onto this machine and opens them as one.
 * @param prefixes where they lie in the bucket
 * @param directory to have a folder of each, `folderOf` its prefix; what is there already is not fetched again
 * @param reference where the set lies that alone judges
 */
export async function openSets(
  client: S3Client,
  bucket: string,
  prefixes: readonly string[],
  directory: string,
  reference?: string,
): Promise<PreparedSet> {
  const open = async (prefix: string): Promise<PreparedSet> => {
    const folder = path.join(directory, folderOf(prefix));
    await downloadPreparedSet(client, { bucket, prefix }, folder);
    return openPreparedSet(folder);
  };
  const sets: PreparedSet[] = [];
  for (const prefix of prefixes) sets.push(await open(prefix));
  return reference === undefined ? joinPreparedSets(sets) : joinWithReference(sets, await open(reference));
}
