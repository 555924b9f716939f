import { permutation, randomFor } from './random.ts';

/** The rarest classes are seen at most this many times as often as they occur. */
const MOST_OFTEN = 10;

export interface SamplerOptions {
  readonly seed: number;
  /** Examples in a batch. */
  readonly batch: number;
  /** The class of each example, and how far classes are balanced, 0 to 1; without it all examples are seen equally often. */
  readonly balance?: { readonly classes: readonly number[]; readonly power: number };
}

/** Which examples each training step sees: a function of the seed and the step alone. */
export class Sampler {
  readonly #size: number;
  readonly #options: SamplerOptions;
  /** Sums of the examples' shares, when the classes are balanced. */
  readonly #sums: Float64Array | undefined;
  #epoch = -1;
  #order: Uint32Array = new Uint32Array();

  constructor(size: number, options: SamplerOptions) {
    this.#size = size;
    this.#options = options;
    this.#sums = options.balance && sumShares(options.balance);
  }

  /** @returns indices of the examples of a step; steps count from 0 */
  at(step: number): number[] {
    const { batch } = this.#options;
    return Array.from({ length: batch }, (_, place) => {
      const position = step * batch + place;
      return this.#sums ? this.#drawn(this.#sums, position) : this.#ordered(position);
    });
  }

  /** Every epoch goes through all examples, in an order of its own. */
  #ordered(position: number): number {
    const epoch = Math.floor(position / this.#size);
    if (epoch !== this.#epoch) {
      this.#order = permutation(this.#size, randomFor(this.#options.seed, 'epoch', epoch));
      this.#epoch = epoch;
    }
    return this.#order[position % this.#size] as number;
  }

  #drawn(sums: Float64Array, position: number): number {
    const target = randomFor(this.#options.seed, 'draw', position)() * (sums.at(-1) ?? 0);
    let [low, high] = [0, sums.length - 1];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((sums[middle] as number) > target) high = middle;
      else low = middle + 1;
    }
    return low;
  }
}

function sumShares({ classes, power }: NonNullable<SamplerOptions['balance']>): Float64Array {
  const counts = new Map<number, number>();
  for (const one of classes) counts.set(one, (counts.get(one) ?? 0) + 1);
  const least = Math.max(...counts.values()) / MOST_OFTEN;
  let sum = 0;
  return Float64Array.from(classes, (one) => {
    sum += Math.max(least, counts.get(one) ?? 0) ** -power;
    return sum;
  });
}
