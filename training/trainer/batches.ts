import { setImmediate } from 'node:timers/promises';
import sharp from 'sharp';
import { chipBytes } from '../../vision/chip-spec.ts';
import { FACE_SIDE, type PreparedFace, type PreparedSet } from '../dataset/prepared.ts';
import { TrainingError } from './outcome.ts';
import { type ChipShape, type ChipValues, cutView, type View } from './view.ts';

// A face is small: decoding several side by side is faster than each in several threads.
sharp.concurrency(1);

/** Examples as the network takes them, and what it is to say of them. */
export interface Batch {
  readonly count: number;
  /** `count` examples, one after another. */
  readonly inputs: Float32Array;
  /** `count` times the probabilities wanted. */
  readonly targets: Float32Array;
}

/** How many batches are under way beside the one that is trained on. */
const AHEAD = 3;

/**
 * Makes batches ahead of the training, which so never waits for them: photos are read and decoded in other
 * threads while TensorFlow works.
 */
export class Prefetcher<T> {
  readonly #make: (step: number) => Promise<T>;
  readonly #end: number;
  readonly #pending = new Map<number, Promise<T>>();

  /** @param end the step after the last */
  constructor(make: (step: number) => Promise<T>, end: number) {
    this.#make = make;
    this.#end = end;
  }

  /** @returns the batch of a step; steps are asked for one after another */
  async take(step: number): Promise<T> {
    for (let next = step; next < Math.min(this.#end, step + 1 + AHEAD); next++) {
      if (this.#pending.has(next)) continue;
      const batch = this.#make(next);
      // A failure is reported when its step comes.
      batch.catch(() => undefined);
      this.#pending.set(next, batch);
    }
    const batch = this.#pending.get(step);
    if (batch === undefined) throw new RangeError(`Expected a step below ${this.#end} but received ${step}.`);
    // Lets what has been read and decoded go on to its next stage.
    await setImmediate();
    this.#pending.delete(step);
    return batch;
  }
}

/** Decodes a prepared face: `FACE_SIDE` × `FACE_SIDE` × 3 bytes RGB. */
export async function decodeFace(set: PreparedSet, face: PreparedFace): Promise<Uint8Array> {
  const jpeg = await set.read(face).catch((cause: unknown) => {
    throw new TrainingError('set-vanished', messageOf(cause), { cause });
  });
  try {
    const { data, info } = await sharp(jpeg, { failOn: 'error' })
      .toColourspace('srgb')
      .removeAlpha()
      .raw()
      .toBuffer({ resolveWithObject: true });
    if (info.width === FACE_SIDE && info.height === FACE_SIDE && info.channels === 3) return data;
    throw new Error(`It has ${info.width} × ${info.height} pixels.`);
  } catch (cause) {
    throw new TrainingError(
      'corrupt-shard',
      `Expected a JPEG of ${FACE_SIDE} × ${FACE_SIDE} pixels for ${face.file} in the prepared set's shard ` +
        `${face.shard} but it is damaged; prepare the data set again.`,
      { cause },
    );
  }
}

const messageOf = (error: unknown) => (error instanceof Error ? error.message : String(error));

/**
 * Cuts views out of faces, side by side in other threads as far as decoding goes.
 * @param viewsOf as many for each face
 * @param into receives the faces' chips, those of a face one after another
 */
export async function cutViews<Values extends ChipValues>(
  set: PreparedSet,
  faces: readonly PreparedFace[],
  chip: ChipShape,
  viewsOf: (index: number) => readonly View[],
  into: Values,
): Promise<Values> {
  const length = chipBytes(chip);
  await Promise.all(
    faces.map(async (face, index) => {
      const decoded = await decodeFace(set, face);
      const views = viewsOf(index);
      for (const [place, view] of views.entries()) {
        cutView(decoded, view, chip, into, (index * views.length + place) * length);
      }
    }),
  );
  return into;
}

/** Puts rows of equal length one after another. */
export function concatRows(rows: readonly Float32Array[]): Float32Array {
  const length = rows[0]?.length ?? 0;
  const all = new Float32Array(rows.length * length);
  for (const [index, row] of rows.entries()) all.set(row, index * length);
  return all;
}
