import { sum } from 'd3-array';
import type { ModelInfo } from '../../vision/engine.ts';
import { intervalBetween, quantileOf } from '../distribution.ts';
import { groupOf } from './group.ts';
import { AGE_GROUPS, type Age } from './result.ts';

/** Years that a distribution gives a probability each: 0 to 100. */
export const YEARS = 101;

/**
 * How an age is read off what a network says; a model's card has one (`models/card.ts`).
 */
export interface AgeReading {
  /** What the network's probabilities are of: years, or the eight `AGE_GROUPS`. */
  readonly output: 'years' | 'groups';
  /** Which number of years stands for the distribution. */
  readonly estimate: 'median' | 'expectation';
  /** Quantiles of the distribution, and how far the 80 % interval reaches beyond them on both sides, as a share of what lies between them. */
  readonly interval: {
    readonly lower: number;
    readonly upper: number;
    readonly margin: number;
    /** Other margins from medians of so many years on, in ascending order. */
    readonly bands?: readonly { readonly from: number; readonly margin: number }[] | undefined;
  };
  /** How frequent each year is within its group; all alike when absent. Only matters when the output is groups. */
  readonly ages?: readonly number[] | undefined;
}

/**
 * What a network's probabilities mean.
 * @param probabilities of 101 years or 8 groups, summing to 1; of several crops, their average
 */
export function readAge(probabilities: ArrayLike<number>, reading: AgeReading, model: ModelInfo): Age {
  const years = toYears(probabilities, reading);
  const groups = reading.output === 'groups' ? Array.from(probabilities) : toGroups(years);
  const { low, high } = intervalOf(years, reading.interval);
  const likeliest = groups.indexOf(Math.max(...groups));
  return {
    years: round(estimateOf(years, reading.estimate), 1),
    low: round(low, 1),
    high: round(high, 1),
    group: AGE_GROUPS[likeliest] ?? AGE_GROUPS[0],
    groups: Object.fromEntries(
      AGE_GROUPS.map((group, index) => [group, round(Math.min(1, groups[index] ?? 0), 4)]),
    ) as Age['groups'],
    model,
  };
}

/** A distribution over the years 0 to 100. */
export function toYears(
  probabilities: ArrayLike<number>,
  { output, ages }: Pick<AgeReading, 'output' | 'ages'>,
): number[] {
  if (probabilities.length !== (output === 'years' ? YEARS : AGE_GROUPS.length)) {
    throw new Error(
      `Expected probabilities of ${output === 'years' ? '101 years' : '8 groups'} but received ${probabilities.length}.`,
    );
  }
  if (output === 'years') return Array.from(probabilities);
  const frequencies = Array.from({ length: YEARS }, (_, year) => ages?.[year] ?? 1);
  const totals = toGroups(frequencies);
  return frequencies.map((frequency, year) => {
    const group = groupOf(year);
    return ((probabilities[group] ?? 0) * frequency) / (totals[group] || 1);
  });
}

/** Probability of each of the eight groups. */
export function toGroups(years: readonly number[]): number[] {
  const groups: number[] = AGE_GROUPS.map(() => 0);
  for (const [year, probability] of years.entries()) {
    const group = groupOf(year);
    groups[group] = (groups[group] ?? 0) + probability;
  }
  return groups;
}

export function estimateOf(years: readonly number[], estimate: AgeReading['estimate']): number {
  if (estimate === 'median') return Math.max(0, quantileOf(years, 0.5));
  const total = sum(years);
  return sum(years.map((probability, year) => probability * year)) / total;
}

/** @returns years from 0 to 100, `low` never above `high` */
export function intervalOf(
  years: readonly number[],
  { lower, upper, margin, bands = [] }: AgeReading['interval'],
): { low: number; high: number } {
  const median = estimateOf(years, 'median');
  const own = bands.findLast((band) => median >= band.from)?.margin ?? margin;
  const [low, high] = intervalBetween(years, { lower, upper, margin: own });
  return { low: clamp(low), high: clamp(high) };
}

const clamp = (years: number) => Math.min(Math.max(0, years), YEARS - 1);
const round = (value: number, digits: number) => Number(value.toFixed(digits));
