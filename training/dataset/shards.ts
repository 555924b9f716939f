import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import writeFileAtomic from 'write-file-atomic';
import type * as z from 'zod';
import type { PreparedShard } from './preparation.ts';
import { PREPARED_FILE, type Prepared, preparedSchema, type Shard, shardSchema } from './prepared.ts';
import { DatasetError } from './problem.ts';

/** @throws DatasetError when it is not there or damaged */
export const readPrepared = (directory: string): Promise<Prepared> =>
  readJson(join(directory, PREPARED_FILE), preparedSchema);

/** @throws DatasetError when it is not there or damaged */
export const readShard = (directory: string, name: string): Promise<Shard> =>
  readJson(join(directory, `${name}.json`), shardSchema);

export const writePrepared = (directory: string, prepared: Prepared): Promise<void> =>
  writeFileAtomic(join(directory, PREPARED_FILE), JSON.stringify(prepared));

/** A shard is there when its JSON is. */
export async function writeShard(
  directory: string,
  name: string,
  { shard, jpegs }: PreparedShard,
): Promise<void> {
  // An older one must not be taken for that of the new JPEGs.
  await rm(join(directory, `${name}.json`), { force: true });
  await writeFileAtomic(
    join(directory, `${name}.jpegs`),
    Buffer.from(jpegs.buffer, jpegs.byteOffset, jpegs.length),
  );
  await writeFileAtomic(join(directory, `${name}.json`), JSON.stringify(shard));
}

async function readJson<Schema extends z.ZodType>(file: string, schema: Schema): Promise<z.output<Schema>> {
  try {
    return schema.parse(JSON.parse(await readFile(file, 'utf8')));
  } catch (cause) {
    const isMissing = (cause as NodeJS.ErrnoException).code === 'ENOENT';
    throw new DatasetError(
      `Expected a prepared data set with ${file} but ${isMissing ? 'there is none' : `it cannot be read: ${reasonOf(cause)}`}. Prepare the set with "npm run dataset -- prepare".`,
      [],
      { cause },
    );
  }
}

export const reasonOf = (error: unknown) =>
  (error instanceof Error ? error.message : String(error)).replace(/\.$/, '');
