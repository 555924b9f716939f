import { sum } from 'd3-array';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';

/** By how much two models differ on the same faces, and how sure that is. */
export interface Difference {
  /** How many faces both were compared on. */
  readonly faces: number;
  /** How many people the faces belong to, as far as is known. */
  readonly people: number;
  /** Mean over the faces. */
  readonly mean: number;
  /** The 95 % confidence interval of the mean. */
  readonly low: number;
  readonly high: number;
  /** Probability of a mean at least this far from 0, on either side, if there were no difference. */
  readonly p: number;
}

/** One face's difference. */
export interface PairedDifference {
  readonly value: number;
  /** Faces of the same person are no independent evidence: they are drawn together. */
  readonly subject?: string | undefined;
}

export interface BootstrapOptions {
  /** How many times the faces are drawn again. */
  readonly resamples?: number;
  /** The same seed gives the same figures. */
  readonly seed?: number;
}

/**
 * Percentile bootstrap of the mean of paired differences (Efron and Tibshirani, "An Introduction to the
 * Bootstrap", 1993, chapters 13 and 16), drawing people instead of faces where it is known who they are.
 * @throws Error without differences
 */
export function bootstrap(
  differences: readonly PairedDifference[],
  { resamples = 5000, seed = 1 }: BootstrapOptions = {},
): Difference {
  if (differences.length === 0) throw new Error('Expected faces to compare two models on but received none.');
  const { sums, sizes } = bySubject(differences);
  const random = xoroshiro128plus(seed);
  const means = new Float64Array(resamples);
  for (let resample = 0; resample < resamples; resample++) {
    let [total, faces] = [0, 0];
    for (let draw = 0; draw < sums.length; draw++) {
      // 32 random bits: for so few subjects none is noticeably more likely than another.
      const subject = Math.floor(((random.next() >>> 0) / 2 ** 32) * sums.length);
      total += sums[subject] ?? 0;
      faces += sizes[subject] ?? 0;
    }
    means[resample] = total / faces;
  }
  means.sort();
  const mean = sum(sums) / differences.length;
  const beyond = (test: (mean: number) => boolean) => (means.filter(test).length + 1) / (resamples + 1);
  return {
    faces: differences.length,
    people: sums.length,
    mean,
    low: means[Math.floor(0.025 * (resamples - 1))] ?? mean,
    high: means[Math.ceil(0.975 * (resamples - 1))] ?? mean,
    p: Math.min(
      1,
      2 *
        Math.min(
          beyond((value) => value <= 0),
          beyond((value) => value >= 0),
        ),
    ),
  };
}

function bySubject(differences: readonly PairedDifference[]): { sums: Float64Array; sizes: Float64Array } {
  const parts = [...Map.groupBy(differences.entries(), ([index, { subject }]) => subject ?? index).values()];
  return {
    sums: Float64Array.from(parts, (part) => sum(part, ([, { value }]) => value)),
    sizes: Float64Array.from(parts, (part) => part.length),
  };
}
