import { chipBytes } from '../../vision/chip-spec.ts';
import { collectAtOnce } from './garbage-collection.ts';
import { InferenceSession, Tensor } from './runtime.ts';

/** Chips that go through a network together; more would take more memory and be no faster per chip. */
const BATCH = 4;

/**
 * Loads a network. One thread, since a function has about one core. Memory stays in an arena, as asking the
 * system for it anew in each run takes half as long again; planning it ahead would take more of it, and anew
 * for each size of image.
 */
export function openSession(file: string | Uint8Array): Promise<InferenceSession> {
  const options: InferenceSession.SessionOptions = {
    intraOpNumThreads: 1,
    interOpNumThreads: 1,
    graphOptimizationLevel: 'all',
    enableMemPattern: false,
  };
  return typeof file === 'string'
    ? InferenceSession.create(file, options)
    : InferenceSession.create(file, options);
}

/**
 * Runs bytes, or floats, through a network with one input.
 *
 * @param outputs names of what the network is to give
 * @returns each output by its name, flat
 */
export async function run<Name extends string>(
  session: InferenceSession,
  data: Uint8Array | Float32Array,
  shape: readonly number[],
  outputs: readonly Name[],
): Promise<Record<Name, Float32Array>> {
  collectAtOnce();
  const [input = ''] = session.inputNames;
  const tensor =
    data instanceof Uint8Array ? new Tensor('uint8', data, shape) : new Tensor('float32', data, shape);
  const results = await session.run({ [input]: tensor }, outputs);
  const values = outputs.map((name) => {
    const tensor = results[name];
    if (tensor?.type !== 'float32') {
      throw new TypeError(`Expected the network to output floats as ${name} but received ${tensor?.type}.`);
    }
    return [name, tensor.data];
  });
  return Object.fromEntries(values);
}

/**
 * Runs chips through a network, a bounded number at a time.
 *
 * @param chips n chips, one after another (n × side × side × 3 bytes)
 * @param outputs names of what the network is to give
 * @returns n results
 */
export async function runChips<Name extends string>(
  session: InferenceSession,
  chips: Uint8Array,
  side: number,
  outputs: readonly Name[],
): Promise<Record<Name, Float32Array>[]> {
  const bytes = chipBytes({ side });
  if (chips.length % bytes !== 0) {
    throw new RangeError(
      `Expected a multiple of ${bytes} bytes, one chip each, but received ${chips.length}.`,
    );
  }
  const results: Record<Name, Float32Array>[] = [];
  for (let start = 0; start < chips.length; start += BATCH * bytes) {
    const batch = chips.subarray(start, start + BATCH * bytes);
    const count = batch.length / bytes;
    const values = await run(session, batch, [count, side, side, 3], outputs);
    for (let index = 0; index < count; index += 1) {
      results.push(pickChip(values, outputs, index, count));
    }
  }
  return results;
}

/** What of each output belongs to one of `count` chips: copies, as parts would keep the whole. */
export function pickChip<Name extends string>(
  values: Record<Name, Float32Array>,
  outputs: readonly Name[],
  index: number,
  count: number,
): Record<Name, Float32Array> {
  const entries = outputs.map((name) => {
    const size = values[name].length / count;
    return [name, values[name].slice(index * size, (index + 1) * size)];
  });
  return Object.fromEntries(entries);
}
