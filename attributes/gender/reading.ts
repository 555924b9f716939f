import * as z from 'zod';
import type { ModelInfo } from '../../vision/engine.ts';
import type { Gender } from './result.ts';

/** The output's probabilities are of male and female. */
export const readings = [{ output: z.literal('gender') }] as const;

/** @param male probability that the face is a man's, 0 to 1 */
export function describeGender(male: number, model: ModelInfo): Gender {
  const confidence = Number(Math.max(male, 1 - male).toFixed(4));
  return { gender: male >= 0.5 ? 'M' : 'F', confidence, model };
}

/** @param output probabilities of male and female */
export const readGender = ([male = Number.NaN]: readonly number[], model: ModelInfo): { gender: Gender } => ({
  gender: describeGender(male, model),
});
