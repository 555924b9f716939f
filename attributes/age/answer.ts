import type { Answer } from '../attribute.ts';
import { type Age, ageSchema, scoreSchema, yearsSchema } from './result.ts';

type Face = { readonly age: Age; readonly score: number };

/** Clients may do without the probabilities; the largest face's group and score also stand at the top. */
export const answer = {
  fields: { age: ageSchema.extend({ groups: ageSchema.shape.groups.optional() }).meta({ id: 'Age' }) },
  probabilities: {
    of: 'all age groups',
    leaveOut: ({ age: { groups: _, ...age } }: Face) => ({ age }),
  },
  shortcut: {
    age: ageSchema.shape.group,
    score: scoreSchema.describe('Face score, 20 to 100'),
  },
  shorten: ({ age, score }: Face) => ({ age: age.group, score }),
  correction: { schema: yearsSchema.describe('True age, in years'), expected: 'a number from 0 to 120' },
} as const satisfies Answer;
