import * as z from 'zod';
import type { ModelInfo } from '../../vision/engine.ts';
import { calibrationSchema, readEstimate } from './calibration.ts';
import { readAge } from './distribution.ts';
import { faceScore } from './group.ts';
import { AGE_GROUPS, type Age } from './result.ts';

const share = z.number().min(0).max(1);
const margin = z.number().min(-100).max(100);

/**
 * How the 80 % interval of an age is read off a distribution: from its quantile `lower` to its quantile `upper`,
 * both moved outwards by `margin` times what lies between them (inwards when it is negative). The margin is what
 * made the intervals of the validation faces hold.
 */
export const intervalSchema = z
  .object({
    lower: share,
    upper: share,
    margin,
    /** Margins of their own for those whose estimated age, the median, is at least `from` years; in this order. */
    bands: z
      .array(z.object({ from: z.number().min(0), margin }))
      .refine(
        (bands) => bands.every(({ from }, index) => from > (bands[index - 1]?.from ?? -1)),
        'bands in ascending order',
      )
      .optional(),
    /** Validation faces that the margin was learned from. */
    faces: z.int().min(0),
    /** The sets they are of, if each counts as much as the others; new photos are more like all of them than like one. */
    sets: z.array(z.string()).optional(),
  })
  .refine(({ lower, upper }) => lower < upper, 'a lower quantile below the upper one');
export type IntervalCalibration = z.infer<typeof intervalSchema>;

const distribution = {
  /** What the output's probabilities are of: the years 0 to 100, or the eight `AGE_GROUPS`. */
  output: z.enum(['years', 'groups']),
  /** Which number of years stands for the distribution. */
  estimate: z.enum(['median', 'expectation']),
  interval: intervalSchema,
  /** How frequent each year from 0 to 100 is, where the output is groups: spreads a group over its years. */
  ages: z.array(share).length(101).optional(),
};

const number = {
  /** The output is a number of years; labelled faces have shown what it means. */
  output: z.literal('number'),
  calibration: calibrationSchema,
};

export const readings = [distribution, number] as const;
export type AgeCardReading = z.infer<z.ZodObject<typeof distribution>> | z.infer<z.ZodObject<typeof number>>;

/** @param output of a distribution its probabilities, which sum to 1; else the number of years alone */
export function readPart(
  output: readonly number[],
  reading: AgeCardReading,
  model: ModelInfo,
): { age: Age; score: number } {
  const age =
    reading.output === 'number'
      ? readEstimate(output[0] ?? Number.NaN, reading.calibration.estimates, model)
      : readAge(output, reading, model);
  return { age, score: scoreOf(age) };
}

/** The tutorial's face score, made repeatable: 20 to 100. */
const scoreOf = (age: Age): number =>
  Number(faceScore(AGE_GROUPS.map((group) => age.groups[group])).toFixed(1));
