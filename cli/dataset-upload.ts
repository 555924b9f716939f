import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DeleteObjectsCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { sum } from 'd3-array';
import { fileTypeFromBuffer } from 'file-type';
import pMap from 'p-map';
import { FOLDER } from '../functions/training/shared/folders.ts';
import { formatLabels } from '../training/dataset/canonical.ts';
import type { DatasetIndex } from '../training/dataset/catalogue.ts';
import { type FolderEntry, type LocalFolder, MissingFileError } from '../training/dataset/folder.ts';
import { S3Folder } from '../training/dataset/s3-folder.ts';
import type { Target } from './target.ts';

/** Files sent side by side. */
const CONCURRENCY = 16;
/** S3 deletes at most this many at once. */
const DELETED_AT_ONCE = 1000;
const LABELS = 'labels.csv';

export interface DatasetUpload {
  /** Photos sent, and their bytes. */
  readonly sent: number;
  readonly bytes: number;
  /** Photos that lay there already. */
  readonly kept: number;
  /** Files that are no longer part of the data set. */
  readonly deleted: number;
}

export interface DatasetUploadProgress {
  readonly files: number;
  readonly totalFiles: number;
  readonly bytes: number;
  readonly totalBytes: number;
}

/**
 * Makes `datasets/NAME/` in the stack's bucket the same as a data set on this machine: sends photos that are not
 * there or have other bytes, then the labels as `labels.csv`, and deletes what is there besides. Interrupted, it
 * continues where it stopped when it is called again.
 */
export async function uploadDataset(
  target: Target,
  folder: LocalFolder,
  { files, photos }: DatasetIndex,
  name: string,
  onProgress?: (progress: DatasetUploadProgress) => void,
): Promise<DatasetUpload> {
  const prefix = `${FOLDER.datasets}${name}/`;
  const there = await new S3Folder(target.s3, target.stack.trainingBucket, prefix).list();
  // The tag of a file that was sent in one piece is its MD5, here as there.
  const tags = new Map(there.map((entry) => [entry.name, entry.tag]));
  const missing = files.filter((entry) => tags.get(entry.name) !== entry.tag);
  const totalBytes = sum(missing, ({ size }) => size);
  let [sent, bytes] = [0, 0];
  const report = () => onProgress?.({ files: sent, totalFiles: missing.length, bytes, totalBytes });
  report();
  await pMap(
    missing,
    async (entry) => {
      await putPhoto(target, folder, entry, prefix);
      sent += 1;
      bytes += entry.size;
      report();
    },
    { concurrency: CONCURRENCY },
  );
  await put(target, `${prefix}${LABELS}`, formatLabels(photos), 'text/csv; charset=utf-8');
  const wanted = new Set([...files.map((entry) => entry.name), LABELS]);
  const surplus = there.filter((entry) => !wanted.has(entry.name)).map((entry) => prefix + entry.name);
  await deleteObjects(target, surplus);
  return { sent, bytes, kept: files.length - missing.length, deleted: surplus.length };
}

async function putPhoto(
  target: Target,
  folder: LocalFolder,
  { name }: FolderEntry,
  prefix: string,
): Promise<void> {
  const body = await readFile(join(folder.path, name)).catch((cause: unknown) => {
    throw new MissingFileError(name, folder, { cause });
  });
  const type = await fileTypeFromBuffer(body);
  await put(target, prefix + name, body, type?.mime ?? 'application/octet-stream');
}

async function put(
  { s3, stack }: Target,
  key: string,
  body: Uint8Array | string,
  type: string,
): Promise<void> {
  await s3.send(
    new PutObjectCommand({ Bucket: stack.trainingBucket, Key: key, Body: body, ContentType: type }),
  );
}

async function deleteObjects({ s3, stack }: Target, keys: readonly string[]): Promise<void> {
  for (let start = 0; start < keys.length; start += DELETED_AT_ONCE) {
    const { Errors = [] } = await s3.send(
      new DeleteObjectsCommand({
        Bucket: stack.trainingBucket,
        Delete: {
          Objects: keys.slice(start, start + DELETED_AT_ONCE).map((Key) => ({ Key })),
          Quiet: true,
        },
      }),
    );
    if (Errors[0]) throw new Error(`Expected ${Errors[0].Key} to be deleted but ${Errors[0].Message}`);
  }
}
