import * as z from 'zod';
import type { Attribute } from '../attribute.ts';
import { readGender, readings } from './reading.ts';
import { GENDERS, genderSchema } from './result.ts';

/** Male or female, as those who labelled the photos would have said. */
export const gender = {
  name: 'gender',
  fields: { gender: genderSchema },
  correction: z.enum(GENDERS),
  readings,
  read: (output, _reading, model) => readGender(output, model),
} as const satisfies Attribute;
