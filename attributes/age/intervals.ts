import { sum } from 'd3-array';
import { conformalQuantile, LEVEL, outsideness, QUANTILES, quantileOf } from '../distribution.ts';
import { AGE_BANDS, bandOf } from './bands.ts';
import { type AgeReading, estimateOf, toYears, YEARS } from './distribution.ts';
import type { IntervalCalibration } from './reading.ts';

/** Validation faces that an age band needs for a margin of its own. */
const FEWEST = 100;
/** How the levels of bands are moved: how often, by which share of what is missing, and within which bounds. */
const [ROUNDS, PACE, LOWEST, HIGHEST] = [200, 0.1, 0.5, 0.98];

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
 * New faces like these then lie in the widened intervals about four times in five, however wrong the distributions are:
 * at least as often in theory, if the faces had chosen nothing else before. On a network trained on All-Age-Faces they were
 * a twentieth narrower than by margins in years.
 *
 * One margin would hold for nine children in ten and for two of the elderly in three, so that with enough faces of
 * each age band every band has its own.
 */
export function conformalInterval(
  faces: readonly { readonly years: readonly number[]; readonly age: number }[],
): IntervalCalibration {
  if (faces.length === 0) {
    throw new Error('Expected validation faces with an age to calibrate intervals on but received none.');
  }
  const scores = faces.map(({ years, age }) => ({
    // Ages are whole years: what lies within half a year of an interval lies in it.
    outside: outsideness(years, age, 0.5),
    labelled: bandOf(age),
    estimated: bandOf(quantileOf(years, 0.5)),
  }));
  const margins = bandMargins(scores);
  return {
    ...QUANTILES,
    margin: conformalQuantile(ascending(scores)),
    ...(margins && {
      bands: margins.map((margin, band) => ({
        from: band === 0 ? 0 : (AGE_BANDS[band - 1]?.below ?? 0),
        margin,
      })),
    }),
    faces: faces.length,
  };
}

interface Score {
  /** How far the label lies outside of the distribution's own interval, in its widths. */
  readonly outside: number;
  /** Age bands. */
  readonly labelled: number;
  readonly estimated: number;
}

/**
 * A margin for the faces of each estimated age band (Mondrian conformal prediction, Vovk et al., "Algorithmic Learning
 * in a Random World", 2005). As an elderly person who is taken for an adult has an adult's interval, the level of each
 * band is moved until the intervals hold for four in five of those who are *labelled* to belong to it.
 * @returns undefined where a band has too few faces
 */
function bandMargins(scores: readonly Score[]): number[] | undefined {
  const bands = AGE_BANDS.map((_, band) => ({
    outside: ascending(scores.filter(({ estimated }) => estimated === band)),
    labelled: scores.filter(({ labelled }) => labelled === band),
  }));
  if (bands.some(({ outside, labelled }) => Math.min(outside.length, labelled.length) < FEWEST)) return;
  let levels = bands.map(() => LEVEL);
  const marginsAt = () => bands.map(({ outside }, band) => conformalQuantile(outside, levels[band]));
  for (let round = 0; round < ROUNDS; round++) {
    const margins = marginsAt();
    const held = bands.map(
      ({ labelled }) =>
        labelled.filter(({ outside, estimated }) => outside <= (margins[estimated] ?? 0)).length /
        labelled.length,
    );
    levels = levels.map((level, band) =>
      Math.min(HIGHEST, Math.max(LOWEST, level + PACE * (LEVEL - (held[band] ?? LEVEL)))),
    );
  }
  return marginsAt();
}

const ascending = (scores: readonly Score[]): number[] =>
  scores.map(({ outside }) => outside).sort((one, other) => one - other);

/** How frequent each year from 0 to 100 is, spread over neighbouring years (Gaussian, σ 2 years) so that none is impossible. */
export function ageFrequencies(ages: readonly number[]): number[] {
  const frequencies = new Array<number>(YEARS).fill(1 / YEARS);
  for (const age of ages) {
    for (let year = 0; year < YEARS; year++) {
      frequencies[year] = (frequencies[year] ?? 0) + Math.exp(-(((year - age) / 2) ** 2) / 2);
    }
  }
  const total = sum(frequencies);
  return frequencies.map((frequency) => Number((frequency / total).toFixed(6)));
}
