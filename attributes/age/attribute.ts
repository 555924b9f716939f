import type { Attribute } from '../attribute.ts';
import { answer } from './answer.ts';
import { ageEvaluation } from './evaluation.ts';
import { ageLabel } from './label.ts';
import { ageLearning } from './learning.ts';
import { type AgeCardReading, readings, readPart } from './reading.ts';
import { ageSchema, scoreSchema, yearsSchema } from './result.ts';

/** How old a face looks, in years and in the groups of the Adience benchmark, and the score that follows from it. */
export const age = {
  name: 'age',
  fields: { age: ageSchema, score: scoreSchema },
  correction: yearsSchema,
  readings,
  read: (output, reading: AgeCardReading, model) => readPart(output, reading, model),
  label: ageLabel,
  learning: ageLearning,
  evaluation: ageEvaluation,
  answer,
} as const satisfies Attribute;
