import { InferenceSession, Tensor } from 'onnxruntime-node';
import { CHIP_BYTES, CHIP_SIDE } from '../../vision/engine.ts';

/** Chips that go through a network together. Larger batches take more memory and are no faster per chip. */
const BATCH = 8;

/** Loads a network: one thread, since a function has about one core. */
export function openSession(file: string): Promise<InferenceSession> {
  return InferenceSession.create(file, {
    intraOpNumThreads: 1,
    interOpNumThreads: 1,
    graphOptimizationLevel: 'all',
  });
}

/**
 * Runs bytes through a network with one input.
 *
 * @returns the outputs named in `outputs`, in that order, each flat
 */
export async function run(
  session: InferenceSession,
  data: Uint8Array,
  shape: readonly number[],
  outputs: readonly string[],
): Promise<Float32Array[]> {
  const [input = ''] = session.inputNames;
  const results = await session.run({ [input]: new Tensor('uint8', data, shape) }, outputs);
  return outputs.map((name) => {
    const values = results[name]?.data;
    if (!(values instanceof Float32Array)) {
      throw new TypeError(
        `Expected the network to give floats as ${name} but received ${results[name]?.type}.`,
      );
    }
    return values;
  });
}

/**
 * Runs chips through a network, a bounded number at a time.
 *
 * @param chips n chips, one after another (n × 112 × 112 × 3 bytes)
 * @param outputs what the network gives, and how many numbers of it per chip
 * @param each called once per chip, in order, with what the network gave for it
 * @returns what `each` made of every chip, in their order
 */
export async function runChips<T>(
  session: InferenceSession,
  chips: Uint8Array,
  outputs: readonly string[],
  each: (...values: Float32Array[]) => T,
): Promise<T[]> {
  if (chips.length % CHIP_BYTES !== 0) {
    throw new RangeError(
      `Expected a multiple of ${CHIP_BYTES} bytes, one chip each, but received ${chips.length}.`,
    );
  }
  const results: T[] = [];
  for (let start = 0; start < chips.length; start += BATCH * CHIP_BYTES) {
    const batch = chips.subarray(start, start + BATCH * CHIP_BYTES);
    const count = batch.length / CHIP_BYTES;
    const values = await run(session, batch, [count, CHIP_SIDE, CHIP_SIDE, 3], outputs);
    for (let index = 0; index < count; index += 1) {
      results.push(each(...values.map((all) => slice(all, index, count))));
    }
  }
  return results;
}

/** What belongs to one of `count` chips. */
function slice(all: Float32Array, index: number, count: number): Float32Array {
  const size = all.length / count;
  return all.subarray(index * size, (index + 1) * size);
}
