import { sum } from 'd3-array';

/**
 * What attributes that are numbers have in common: a network gives a probability for each of some steps, years or parts
 * of a range, and labels calibrate its intervals.
 */

/** Share of the labels that are to lie in their interval. */
export const LEVEL = 0.8;
/** Quantiles of the distribution that the interval begins with. */
export const QUANTILES = { lower: 0.1, upper: 0.9 };

/** The step below which a share of the distribution lies; the mass of a step spreads over half a step on both sides of it. */
export function quantileOf(distribution: readonly number[], share: number): number {
  const target = share * sum(distribution);
  let below = 0;
  for (const [step, probability] of distribution.entries()) {
    if (probability > 0 && below + probability >= target) {
      return step - 0.5 + (target - below) / probability;
    }
    below += probability;
  }
  return distribution.length - 1;
}

/** Between two quantiles, with a margin on both sides that is a share of what lies between them. */
export function intervalBetween(
  distribution: readonly number[],
  { lower, upper, margin }: { readonly lower: number; readonly upper: number; readonly margin: number },
): [from: number, to: number] {
  const [from, to] = [quantileOf(distribution, lower), quantileOf(distribution, upper)];
  // Less than half of it taken away on both sides leaves something.
  const reach = Math.max(-0.5, margin) * (to - from);
  return [from - reach, to + reach];
}

/** How far a label lies outside of the distribution's own interval, in widths of it; below 0 inside. */
export function outsideness(distribution: readonly number[], label: number, tolerance = 0): number {
  const [from, to] = [quantileOf(distribution, QUANTILES.lower), quantileOf(distribution, QUANTILES.upper)];
  return (Math.max(from - label, label - to) - tolerance) / (to - from);
}

/** The ⌈(n + 1) · level⌉-th smallest of values in ascending order, as conformal prediction wants it. */
export function conformalQuantile(values: readonly number[], level = LEVEL): number {
  const rank = Math.min(values.length, Math.ceil((values.length + 1) * level));
  return values[rank - 1] ?? 0;
}

/** In steps: a narrower Gaussian may leave nothing on any step, as its middle lies between two. */
const NARROWEST = 0.2;

/** Adds a Gaussian around a step that is labelled; a deviation of (almost) 0 makes it one-hot. */
export function addGaussian(target: Float32Array, centre: number, deviation: number): void {
  if (deviation < NARROWEST) {
    const step = Math.round(centre);
    target[step] = (target[step] ?? 0) + 1;
    return;
  }
  for (let step = 0; step < target.length; step++) {
    target[step] = (target[step] ?? 0) + Math.exp(-(((step - centre) / deviation) ** 2) / 2);
  }
}

/** Makes weights probabilities. */
export function normalised(weights: Float32Array): Float32Array {
  const total = sum(weights);
  return weights.map((weight) => weight / total);
}
