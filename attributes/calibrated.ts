import type { Crops } from '../vision/chip-spec.ts';
import { withMirrored } from '../vision/chips.ts';
import { type AgeAndGender, type AgeGenderEstimator, CHIP_SIDE, type ModelInfo } from '../vision/engine.ts';
import { faceScore } from './age/group.ts';
import { AGE_GROUPS, type Age } from './age/result.ts';
import calibration from './calibration.json' with { type: 'json' };
import type { Gender } from './gender/result.ts';

/** What labelled faces that were given one estimate say about it: ages in years, and the share of each age group. */
export interface CalibratedEstimate {
  readonly years: number;
  readonly low: number;
  readonly high: number;
  readonly groups: readonly number[];
}

/**
 * Estimates each face from its crops and averages them.
 * @param chips what `findFaces` cut as `chipsFor(crops)` says
 * @returns one average a face
 */
export async function estimateFaces(
  estimator: AgeGenderEstimator,
  chips: Uint8Array,
  crops: Crops,
): Promise<AgeAndGender[]> {
  const estimates = await estimator.estimate(crops === 1 ? chips : withMirrored(chips, { side: CHIP_SIDE }));
  return Array.from({ length: estimates.length / crops }, (_, face) => {
    const own = estimates.slice(face * crops, (face + 1) * crops);
    return { years: mean(own.map(({ years }) => years)), male: mean(own.map(({ male }) => male)) };
  });
}

/**
 * What an estimate means, from the ages of labelled faces that were given this estimate: their mean, their
 * 80 % interval and their age groups (see `training/calibration/calibrate.ts`). Between two calibrated estimates all
 * figures are interpolated.
 */
export const describeAge = (estimate: number, model: ModelInfo): Age =>
  describeAgeBy(calibration.estimates, estimate, model);

/** The same by another calibration: one row for each estimate from 0 years on. */
export function describeAgeBy(rows: readonly CalibratedEstimate[], estimate: number, model: ModelInfo): Age {
  const position = Math.min(Math.max(0, estimate), rows.length - 1);
  const below = rows[Math.floor(position)];
  const above = rows[Math.ceil(position)];
  if (!below || !above) throw new Error(`Expected a calibrated estimate in years but received ${estimate}`);
  const share = position - Math.floor(position);
  const between = (from: number, to: number) => from + (to - from) * share;
  const years = between(below.years, above.years);
  const probabilities = below.groups.map((value, group) => between(value, above.groups[group] ?? value));
  const likeliest = probabilities.indexOf(Math.max(...probabilities));
  return {
    years: round(years, 1),
    low: round(between(below.low, above.low), 1),
    high: round(between(below.high, above.high), 1),
    group: AGE_GROUPS[likeliest] ?? AGE_GROUPS[0],
    groups: Object.fromEntries(
      AGE_GROUPS.map((group, index) => [group, round(probabilities[index] ?? 0, 4)]),
    ) as Age['groups'],
    model,
  };
}

export function describeGender(male: number, model: ModelInfo): Gender {
  return { gender: male >= 0.5 ? 'M' : 'F', confidence: round(Math.max(male, 1 - male), 4), model };
}

/** The tutorial's face score, made repeatable: 20 to 100. */
export const scoreOf = (age: Age): number =>
  round(faceScore(AGE_GROUPS.map((group) => age.groups[group])), 1);

const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
const round = (value: number, digits: number) => Number(value.toFixed(digits));
