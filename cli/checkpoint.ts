import { createHash } from 'node:crypto';
import { mkdir, readFile, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import writeFile from 'write-file-atomic';
import { z } from 'zod';
import { LOCAL } from '../local/stack.ts';

/** How far a backfill has come: written after each batch, so that it can be stopped at any time. */
const checkpointSchema = z.object({
  bucket: z.string(),
  prefix: z.string(),
  /** Names the run that began it, in the messages it sends. */
  run: z.string(),
  startedAt: z.iso.datetime(),
  /** The last key that was sent or skipped; keys come in the order of their UTF-8 bytes. */
  lastKey: z.string().optional(),
  sent: z.number().int(),
  skipped: z.number().int(),
});
export type Checkpoint = z.infer<typeof checkpointSchema>;

/** @throws Error when the file is there but cannot be understood */
export async function readCheckpoint(bucket: string, prefix: string): Promise<Checkpoint | undefined> {
  const file = fileOf(bucket, prefix);
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });
  if (text === undefined) return undefined;
  try {
    return checkpointSchema.parse(JSON.parse(text));
  } catch (cause) {
    throw new Error(
      `Expected the state of a backfill in ${file} but it is damaged. Start over with --restart.`,
      {
        cause,
      },
    );
  }
}

/** Whole or not at all: an interruption never leaves half a file. */
export async function writeCheckpoint(checkpoint: Checkpoint): Promise<void> {
  const file = fileOf(checkpoint.bucket, checkpoint.prefix);
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, `${JSON.stringify(checkpoint, undefined, 2)}\n`);
}

export async function removeCheckpoint({
  bucket,
  prefix,
}: Pick<Checkpoint, 'bucket' | 'prefix'>): Promise<void> {
  await rm(fileOf(bucket, prefix), { force: true });
}

function fileOf(bucket: string, prefix: string): string {
  const hash = createHash('sha256')
    .update(JSON.stringify([bucket, prefix]))
    .digest('hex');
  return join(LOCAL, 'backfill', `${hash.slice(0, 16)}.json`);
}
