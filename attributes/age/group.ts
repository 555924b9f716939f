import { AGE_GROUPS } from './result.ts';

export type AgeGroup = (typeof AGE_GROUPS)[number];

/** The groups' own first and last year; between them are gaps. */
const GROUP_BOUNDS = [
  [0, 2],
  [4, 6],
  [8, 12],
  [15, 20],
  [25, 32],
  [38, 43],
  [48, 53],
  [60, 100],
] as const;

/**
 * Where one group ends and the next begins, in years: half-way between them, so that an age between two
 * groups counts to the nearer one, and to the older one when it is as near to both.
 */
const GROUP_BOUNDARIES = GROUP_BOUNDS.slice(1).map(
  ([first], index) => ((GROUP_BOUNDS[index]?.[1] ?? 0) + first) / 2,
);

/** The tutorial's weights of the groups in the face score. */
const SCORE_WEIGHTS = [100, 100, 95, 90, 80, 50, 40, 20] as const;

/** Index into `AGE_GROUPS` of the group an age counts to. */
export function groupOf(years: number): number {
  const index = GROUP_BOUNDARIES.findIndex((boundary) => years < boundary);
  return index === -1 ? AGE_GROUPS.length - 1 : index;
}

/** The group that an age counts to. */
export const ageGroupOf = (years: number): AgeGroup => AGE_GROUPS[groupOf(years)] ?? AGE_GROUPS[0];

/** Whether an age, in years, lies within a group's own bounds and not in a gap between two. */
export const isInGroup = (years: number): boolean =>
  GROUP_BOUNDS.some(([first, last]) => first <= years && years < last + 1);

/** @param probabilities of the eight groups, summing to 1; @returns 20 to 100 */
export function faceScore(probabilities: readonly number[]): number {
  return SCORE_WEIGHTS.reduce((sum, weight, index) => sum + weight * (probabilities[index] ?? 0), 0);
}
