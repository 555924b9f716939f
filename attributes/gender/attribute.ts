import type { Attribute } from '../attribute.ts';
import { classAnswer } from '../class-answer.ts';
import { readGender, readings } from './reading.ts';
import { genderSchema } from './result.ts';

/** Male or female, as those who labelled the photos would have said. */
export const gender = {
  name: 'gender',
  fields: { gender: genderSchema },
  correction: genderSchema.shape.gender,
  readings,
  read: (output, _reading, model) => readGender(output, model),
  answer: classAnswer('gender', genderSchema.shape.gender),
} as const satisfies Attribute;
