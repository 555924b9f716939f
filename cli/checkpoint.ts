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
  /** What beside photos without a result is sent: nothing, "all", or "age:3". */
  scope: z.string().default(''),
  /** Names the run that began it, in the messages it sends. */
  run: z.string(),
  startedAt: z.iso.datetime(),
  /** The last key that was sent or skipped; keys come in the order of their UTF-8 bytes. */
  lastKey: z.string().optional(),
  sent: z.number().int(),
  skipped: z.number().int(),
});
export type Checkpoint = z.infer<typeof checkpointSchema>;
/** What tells one backfill from another. */
type Place = Pick<Checkpoint, 'bucket' | 'prefix' | 'scope'>;

/** @throws Error when the file is there but cannot be understood */
export async function readCheckpoint(place: Place): Promise<Checkpoint | undefined> {
  const file = fileOf(place);
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
  const file = fileOf(checkpoint);
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, `${JSON.stringify(checkpoint, undefined, 2)}\n`);
}

export async function removeCheckpoint(place: Place): Promise<void> {
  await rm(fileOf(place), { force: true });
}

function fileOf({ bucket, prefix, scope }: Place): string {
  const hash = createHash('sha256')
    .update(JSON.stringify([bucket, prefix, scope]))
    .digest('hex');
  return join(LOCAL, 'backfill', `${hash.slice(0, 16)}.json`);
}
