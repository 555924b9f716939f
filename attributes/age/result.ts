import * as z from 'zod';
import { real } from '../../support/real.ts';
import { modelSchema } from '../../vision/face.ts';

/** The eight age groups of the Adience benchmark, in years. */
export const AGE_GROUPS = [
  '(0, 2)',
  '(4, 6)',
  '(8, 12)',
  '(15, 20)',
  '(25, 32)',
  '(38, 43)',
  '(48, 53)',
  '(60, 100)',
] as const;

const groupSchema = z.enum(AGE_GROUPS).meta({ id: 'AgeGroup', description: 'In years' });

export const yearsSchema = real(0, 120);

export const ageSchema = z.object({
  /** The number of years nearest to labels: the median or the expectation, as the model's card says. */
  years: yearsSchema,
  /** The 80 % interval: four true ages in five lie from `low` to `high`. */
  low: yearsSchema,
  high: yearsSchema,
  /** The most probable age group. */
  group: groupSchema,
  /** Probability of each group; they sum to 1. */
  groups: z.record(z.enum(AGE_GROUPS), z.number().min(0).max(1)),
  model: modelSchema,
});
export type Age = z.infer<typeof ageSchema>;

/** Face score: the sum over the age groups of probability × weight. */
export const scoreSchema = z.number().min(20).max(100);
