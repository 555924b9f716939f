import * as z from 'zod';
import { modelSchema } from '../../vision/face.ts';

/** In the order of a network's outputs. */
export const GENDERS = ['M', 'F'] as const;

export const genderSchema = z.object({
  gender: z.enum(GENDERS),
  /** Probability of `gender`, 0.5 to 1. */
  confidence: z.number().min(0.5).max(1),
  model: modelSchema,
});
export type Gender = z.infer<typeof genderSchema>;
