import * as z from 'zod';
import type { ModelInfo } from '../../vision/engine.ts';
import { AGE_GROUPS, type Age, yearsSchema } from './result.ts';

/** What labelled faces that were given one estimate say about it: ages in years, and the share of each age group. */
const calibratedEstimateSchema = z.object({
  years: yearsSchema,
  low: yearsSchema,
  high: yearsSchema,
  groups: z.array(z.number().min(0).max(1)).length(AGE_GROUPS.length),
});
export type CalibratedEstimate = z.infer<typeof calibratedEstimateSchema>;

/** What estimates in years mean, where a network gives nothing else. */
export const calibrationSchema = z.object({
  /** Faces that it was learned from. */
  faces: z.int().min(1),
  /** One for each estimate from 0 years on. */
  estimates: z.array(calibratedEstimateSchema).min(2),
});

/**
 * What an estimate means, from the ages of labelled faces that were given this estimate: their mean, their
 * 80 % interval and their age groups. Between two calibrated estimates all figures are interpolated.
 * @param estimate in years
 * @throws Error when it is no number
 */
export function readEstimate(
  estimate: number,
  calibration: readonly CalibratedEstimate[],
  model: ModelInfo,
): Age {
  const position = Math.min(Math.max(0, estimate), calibration.length - 1);
  const below = calibration[Math.floor(position)];
  const above = calibration[Math.ceil(position)];
  if (!below || !above) throw new Error(`Expected a calibrated estimate in years but received ${estimate}`);
  const share = position - Math.floor(position);
  const between = (from: number, to: number) => from + (to - from) * share;
  const probabilities = below.groups.map((value, group) => between(value, above.groups[group] ?? value));
  const likeliest = probabilities.indexOf(Math.max(...probabilities));
  return {
    years: round(between(below.years, above.years), 1),
    low: round(between(below.low, above.low), 1),
    high: round(between(below.high, above.high), 1),
    group: AGE_GROUPS[likeliest] ?? AGE_GROUPS[0],
    groups: Object.fromEntries(
      AGE_GROUPS.map((group, index) => [group, round(probabilities[index] ?? 0, 4)]),
    ) as Age['groups'],
    model,
  };
}

const round = (value: number, digits: number) => Number(value.toFixed(digits));
