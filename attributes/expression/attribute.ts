import type { ModelInfo } from '../../vision/engine.ts';
import type { Attribute } from '../attribute.ts';
import { classesAttribute } from '../classes.ts';
import { answer as clientAnswer } from './answer.ts';
import { answer, type Face, figures, measure, measures } from './evaluation.ts';
import { expressionFields, votes } from './label.ts';
import { expressionLearning } from './learning.ts';
import { type ExpressionReading, readExpression, readings } from './reading.ts';
import { EXPRESSIONS, expressionSchema } from './result.ts';

const classes = classesAttribute({
  name: 'expression',
  plural: 'expressions',
  classes: EXPRESSIONS,
  titles: {
    neutral: 'neutral',
    happiness: 'happiness',
    surprise: 'surprise',
    sadness: 'sadness',
    anger: 'anger',
    disgust: 'disgust',
    fear: 'fear',
    contempt: 'contempt',
  },
  spellings: {
    neutral: ['neutrality'],
    happiness: ['happy', 'smile'],
    surprise: ['surprised'],
    sadness: ['sad'],
    anger: ['angry'],
    disgust: ['disgusted'],
    fear: ['fearful', 'afraid'],
    contempt: ['contemptuous'],
  },
});

/**
 * Which expression a face shows, as those who label photos would say. What a person feels is another question, which no
 * picture answers.
 */
export const expression = {
  ...classes,
  optIn: true,
  fields: { expression: expressionSchema },
  readings,
  read: (output: readonly number[], reading: ExpressionReading, model: ModelInfo) =>
    readExpression(output, reading, model),
  answer: { ...classes.answer, ...clientAnswer },
  label: { ...classes.label, fields: expressionFields, votes },
  learning: expressionLearning,
  evaluation: {
    ...classes.evaluation,
    answer,
    measures: { ...classes.evaluation.measures, ...measures },
    measure: (faces: readonly Face[]) => ({ ...classes.evaluation.measure(faces), ...measure(faces) }),
    figures: [...classes.evaluation.figures, ...figures],
  },
} as const satisfies Attribute;
