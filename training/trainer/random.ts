import { createHash } from 'node:crypto';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';

/** @returns a number from 0 to 1, 1 excluded */
export type Random = () => number;

/** The first numbers of a generator still resemble its seed. */
const SKIPPED = 8;

/**
 * Random numbers that are a function of what they are for: after an interruption the same come again.
 * @param of what they are for, such as a seed, a purpose and the number of a step
 */
export function randomFor(...of: readonly (number | string)[]): Random {
  const seed = createHash('sha256').update(JSON.stringify(of)).digest().readInt32BE();
  const generator = xoroshiro128plus(seed);
  for (let skip = 0; skip < SKIPPED; skip++) generator.next();
  return () => (generator.next() >>> 0) / 2 ** 32;
}

/** The numbers 0 to n − 1 in random order (Fisher and Yates). */
export function permutation(n: number, random: Random): Uint32Array {
  const order = Uint32Array.from({ length: n }, (_, index) => index);
  for (let last = n - 1; last > 0; last--) {
    const other = Math.floor(random() * (last + 1));
    const moved = order[last] as number;
    order[last] = order[other] as number;
    order[other] = moved;
  }
  return order;
}
