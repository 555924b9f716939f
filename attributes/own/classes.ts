import * as z from 'zod';
import type { ModelInfo } from '../../vision/engine.ts';
import type { LearnedAttribute } from '../attribute.ts';
import { classEvaluation } from '../class-evaluation.ts';
import { classLearning, readClasses, roundProbability } from '../class-learning.ts';
import type { AnsweredFace } from '../evaluation.ts';
import { named } from '../faces.ts';
import type { OwnClasses } from './definition.ts';
import { classReader } from './label.ts';
import { type OwnClassResult, ownResultSchema } from './result.ts';

export const classesReading = { output: z.literal('classes') };
export const classesMeasures = {
  /** Share whose class is right. */
  right: z.number().min(0).max(1).optional(),
};

/** An own attribute that is one of several classes. */
export function ownClasses(definition: OwnClasses) {
  const { name, classes } = definition;
  const labelOf = classReader(definition);
  const saidOf = ({ said }: AnsweredFace) => {
    const answer = said?.[name] as OwnClassResult | undefined;
    return answer && { value: answer.value, confidence: answer.probabilities[answer.value] ?? 0 };
  };
  return {
    name,
    fields: named(name, ownResultSchema),
    readings: [classesReading],
    read(output: readonly number[], _reading: unknown, model: ModelInfo) {
      const { likeliest, probabilities } = readClasses(classes, output);
      const result: OwnClassResult = {
        value: likeliest,
        probabilities: Object.fromEntries(
          classes.map((each, index) => [each, roundProbability(probabilities[index] ?? 0)]),
        ),
        model,
      };
      return named(name, result);
    },
    learning: { ...classLearning({ name, plural: name, classes, labelOf }), outputs: ['classes'] },
    evaluation: {
      answer: ownResultSchema,
      measures: classesMeasures,
      ...classEvaluation({
        ...{ name, plural: name, classes, labelOf, saidOf, measure: 'right' },
        titles: Object.fromEntries(classes.map((each) => [each, `${name}: ${each}`])),
      }),
      // As those of any column.
      groups: classes.toSorted(),
      groupOf: labelOf,
    },
  } as const satisfies LearnedAttribute;
}
