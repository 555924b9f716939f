import type { Tensor3D } from '@tensorflow/tfjs-core';
import { chipBytes } from '../../vision/chip-spec.ts';
import type { FaceApi } from './face-api.ts';

/** Chips that go through a network together: bounds the memory that a photo with many faces takes. */
const BATCH = 32;

/**
 * Feeds chips to a network as tensors of side × side × 3, a bounded number at a time, and frees them.
 * @param chips n chips, one after another (n × side × side × 3 bytes)
 * @param network gives one result for each tensor
 * @returns the n results
 */
export async function feedChips<T>(
  { tf }: FaceApi,
  chips: Uint8Array,
  side: number,
  network: (chips: Tensor3D[]) => Promise<T[]>,
): Promise<T[]> {
  const bytes = chipBytes({ side });
  if (chips.length % bytes !== 0) {
    throw new RangeError(
      `Expected a multiple of ${bytes} bytes, one chip each, but received ${chips.length}.`,
    );
  }
  const results: T[] = [];
  for (let start = 0; start < chips.length; start += BATCH * bytes) {
    const batch = chips.subarray(start, start + BATCH * bytes);
    const tensors = Array.from({ length: batch.length / bytes }, (_, index) =>
      tf.tensor3d(batch.subarray(index * bytes, (index + 1) * bytes), [side, side, 3], 'int32'),
    );
    try {
      results.push(...(await network(tensors)));
    } finally {
      tf.dispose(tensors);
    }
  }
  return results;
}
