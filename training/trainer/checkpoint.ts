import { open, readFile, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import { type History, historySchema, type Validation, validationSchema } from './outcome.ts';

const FILE = 'checkpoint.bin';

const headerSchema = z.object({
  /** Identifies the training: its specification and its set. */
  training: z.string(),
  step: z.int(),
  smoothed: z.number().nullable(),
  best: validationSchema.nullable(),
  /** Validations since the best one. */
  stale: z.int(),
  history: historySchema,
  /** Lengths of the arrays that follow, in numbers. */
  lengths: z.array(z.int()),
});

/** Everything that a training is at a step: with it, it goes on as if it had never stopped. */
export interface Checkpoint {
  readonly training: string;
  readonly step: number;
  readonly smoothed: number | null;
  readonly best: Validation | null;
  readonly stale: number;
  readonly history: History;
  /** The network's weights, the optimiser's state, and the best weights so far. */
  readonly arrays: readonly Float32Array[];
}

/** Whole or not at all: an interruption leaves the checkpoint before. */
export async function writeCheckpoint(directory: string, { arrays, ...state }: Checkpoint): Promise<void> {
  const file = path.join(directory, FILE);
  const header = Buffer.from(JSON.stringify({ ...state, lengths: arrays.map(({ length }) => length) }));
  const size = Buffer.alloc(4);
  size.writeUInt32LE(header.length);
  try {
    const handle = await open(`${file}.new`, 'w');
    try {
      for (const bytes of [size, header, ...arrays.map(bytesOf)]) await handle.writeFile(bytes);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(`${file}.new`, file);
  } catch (error) {
    await rm(`${file}.new`, { force: true });
    throw error;
  }
}

/** @returns nothing when there is none; @throws Error when it can't be understood */
export async function readCheckpoint(directory: string): Promise<Checkpoint | undefined> {
  const file = path.join(directory, FILE);
  const bytes = await readFile(file).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });
  if (bytes === undefined) return undefined;
  try {
    let position = 4 + bytes.readUInt32LE(0);
    const { lengths, ...state } = headerSchema.parse(JSON.parse(bytes.toString('utf8', 4, position)));
    const arrays = lengths.map((length) => {
      const part = bytes.subarray(position, position + length * 4);
      if (part.length < length * 4) throw new RangeError('Expected more bytes.');
      position += length * 4;
      // A copy, as floats must lie at a multiple of four bytes.
      return new Float32Array(Uint8Array.from(part).buffer);
    });
    return { ...state, arrays };
  } catch (cause) {
    throw new Error(`Expected a checkpoint in ${file} but it is damaged; delete it to start over.`, {
      cause,
    });
  }
}

const bytesOf = ({ buffer, byteOffset, byteLength }: Float32Array) =>
  new Uint8Array(buffer as ArrayBuffer, byteOffset, byteLength);
