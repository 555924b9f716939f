import * as z from 'zod';
import type { AttributeLabel } from '../label.ts';
import { ageGroupOf } from './group.ts';

/** In years. Data sets of faces hold nobody older; an age beyond is a slip. */
export const MAXIMUM_AGE = 116;

const years = z.number().min(0).max(MAXIMUM_AGE);

const fields = {
  /** In years; of a range, its middle. */
  age: years.optional(),
  /** Where the label says no more than that the age lies from `low` to `high`, both included. */
  ageRange: z.object({ low: years, high: years }).optional(),
};
/** What a label says of an age. */
export type AgeLabel = Readonly<z.infer<z.ZodObject<typeof fields>>>;

const NUMBER = /^-?\d+(?:[.,]\d+)?$/;
const RANGE = /^[([]?\s*(\d+(?:\.\d+)?)\s*(?:,|-|–|to)\s*(\d+(?:\.\d+)?)\s*[)\]]?$/;

/**
 * "34", "34.5", "34,5"; a range as "(25, 32)" or "25-32"
 * @returns undefined when it is not understood
 */
export function parseAge(text: string): AgeLabel | undefined {
  if (NUMBER.test(text)) return { age: Number(text.replace(',', '.')) };
  const [, low, high] = RANGE.exec(text) ?? [];
  if (low === undefined || high === undefined || Number(low) > Number(high)) return undefined;
  const ageRange = { low: Number(low), high: Number(high) };
  // The middle of one of the benchmark's groups lies in the group.
  return { age: (ageRange.low + ageRange.high) / 2, ageRange };
}

export const ageLabel = {
  fields,
  expected: 'an age in years',
  problems: { 'age-out-of-range': 'ages out of range' },
  parse: parseAge,
  format: ({ age, ageRange }: AgeLabel) => (ageRange ? `${ageRange.low}-${ageRange.high}` : age),
  correct: (age: number): AgeLabel => ({ age }),
  complain({ age = 0, ageRange }: AgeLabel) {
    const ages = [age, ageRange?.low ?? 0, ageRange?.high ?? 0];
    if (ages.every((each) => each >= 0 && each <= MAXIMUM_AGE)) return undefined;
    return { kind: 'age-out-of-range' as const, reason: `${age}; expected 0 to ${MAXIMUM_AGE}` };
  },
  describe: ({ age, ageRange }: AgeLabel) =>
    ageRange ? `${ageRange.low}–${ageRange.high}` : age === undefined ? undefined : String(age),
  findOneClass(labels: readonly AgeLabel[]) {
    const ages = labels.flatMap(({ age }) => age ?? []);
    const isOne = ages.length > 1 && new Set(ages.map(ageGroupOf)).size === 1;
    return isOne ? `all ages are in the group of ${ages[0]}` : undefined;
  },
} as const satisfies AttributeLabel;
