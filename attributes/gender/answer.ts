import type { Answer } from '../attribute.ts';
import { type Gender, genderSchema } from './result.ts';

/** The largest face's gender is told on its own. */
export const answer = {
  shortcut: { gender: genderSchema.shape.gender },
  shorten: ({ gender }: { readonly gender: Gender }) => ({ gender: gender.gender }),
} as const satisfies Answer;
