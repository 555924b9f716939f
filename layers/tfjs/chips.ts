import type { Tensor3D } from '@tensorflow/tfjs-core';
import { CHIP_BYTES, CHIP_SIDE } from '../../vision/engine.ts';
import type { FaceApi } from './face-api.ts';

/** Chips that go through a network together: bounds the memory that a photo with many faces takes. */
const BATCH = 32;

/**
 * Feeds chips to a network as tensors of 112 × 112 × 3, a bounded number at a time, and frees them.
 * @param chips n chips, one after another (n × 112 × 112 × 3 bytes)
 * @param network gives one result for each tensor
 * @returns the n results
 */
export async function feedChips<T>(
  { tf }: FaceApi,
  chips: Uint8Array,
  network: (chips: Tensor3D[]) => Promise<T[]>,
): Promise<T[]> {
  if (chips.length % CHIP_BYTES !== 0) {
    throw new RangeError(
      `Expected a multiple of ${CHIP_BYTES} bytes, one chip each, but received ${chips.length}.`,
    );
  }
  const results: T[] = [];
  for (let start = 0; start < chips.length; start += BATCH * CHIP_BYTES) {
    const batch = chips.subarray(start, start + BATCH * CHIP_BYTES);
    const tensors = Array.from({ length: batch.length / CHIP_BYTES }, (_, index) =>
      tf.tensor3d(
        batch.subarray(index * CHIP_BYTES, (index + 1) * CHIP_BYTES),
        [CHIP_SIDE, CHIP_SIDE, 3],
        'int32',
      ),
    );
    try {
      results.push(...(await network(tensors)));
    } finally {
      tf.dispose(tensors);
    }
  }
  return results;
}
