import type { IntervalCalibration } from '../../models/card.ts';
import { type AgeReading, estimateOf, quantileOf, toYears, YEARS } from '../../vision/age-distribution.ts';

/** Of the intervals: four ages in five lie in them. */
const LEVEL = 0.8;
const QUANTILES = { lower: 0.1, upper: 0.9 };

/** A validation face: what a network says of it, and its labelled age. */
export interface ValidatedAge {
  /** Of 101 years or 8 groups. */
  readonly probabilities: ArrayLike<number>;
  readonly age: number;
}

/** What `readAge` and a model's card need to know. */
export interface CalibratedReading extends AgeReading {
  readonly interval: IntervalCalibration;
  readonly ages?: number[];
}

/**
 * Learns from validation faces how an age is read off a network's probabilities: the number of years that is
 * nearer to the labels in the mean, median or expectation, and the margin of the 80 % intervals.
 * @param ages how frequent each year is among the training faces (`ageFrequencies`); needed for groups
 * @throws Error without faces
 */
export function calibrateReading(
  faces: readonly ValidatedAge[],
  output: AgeReading['output'],
  ages?: readonly number[],
): CalibratedReading {
  const distributions = faces.map(({ probabilities, age }) => ({
    years: toYears(probabilities, { output, ages }),
    age,
  }));
  const error = (estimate: AgeReading['estimate']) =>
    distributions.reduce((total, { years, age }) => total + Math.abs(estimateOf(years, estimate) - age), 0);
  return {
    output,
    estimate: error('expectation') < error('median') ? 'expectation' : 'median',
    interval: conformalInterval(distributions),
    ...(output === 'groups' && ages && { ages: [...ages] }),
  };
}

/**
 * Conformalised quantile regression (Romano, Patterson and Candès, "Conformalized Quantile Regression", 2019), in
 * the form that moves wide intervals further than narrow ones (Sesia and Candès, "A comparison of some conformal
 * quantile regression methods", 2020, CQR-r): the margin is the ⌈(n + 1) · 0.8⌉-th smallest of how far the
 * validation faces' labels lie outside (or, negative, inside) the distributions' own intervals, in widths of these.
 * New faces like these then lie in the widened intervals at least four times in five, however wrong the
 * distributions are. On a network trained on All-Age-Faces they were a twentieth narrower than by margins in years.
 */
export function conformalInterval(
  faces: readonly { readonly years: readonly number[]; readonly age: number }[],
): IntervalCalibration {
  if (faces.length === 0) {
    throw new Error('Expected validation faces with an age to calibrate intervals on but received none.');
  }
  const { lower, upper } = QUANTILES;
  const outside = faces
    .map(({ years, age }) => {
      const [from, to] = [quantileOf(years, lower), quantileOf(years, upper)];
      // Ages are whole years: what lies within half a year of an interval lies in it.
      return (Math.max(from - age, age - to) - 0.5) / (to - from);
    })
    .sort((one, other) => one - other);
  const rank = Math.min(outside.length, Math.ceil((outside.length + 1) * LEVEL));
  return { lower, upper, margin: outside[rank - 1] ?? 0, faces: faces.length };
}

/** How frequent each year from 0 to 100 is, spread over neighbouring years (Gaussian, σ 2 years) so that none is impossible. */
export function ageFrequencies(ages: readonly number[]): number[] {
  const frequencies = new Array<number>(YEARS).fill(1 / YEARS);
  for (const age of ages) {
    for (let year = 0; year < YEARS; year++) {
      frequencies[year] = (frequencies[year] ?? 0) + Math.exp(-(((year - age) / 2) ** 2) / 2);
    }
  }
  const total = frequencies.reduce((sum, frequency) => sum + frequency, 0);
  return frequencies.map((frequency) => Number((frequency / total).toFixed(6)));
}
