import * as z from 'zod';
import type { ModelInfo } from '../../vision/engine.ts';
import { readClasses, roundProbability } from '../class-learning.ts';
import { EXPRESSIONS, type Expression, SMILE } from './result.ts';

/** How a network's output is read. */
export const readings = [
  {
    output: z.literal('expression'),
    /** What logarithms of probabilities are divided by, so that confidence is the share of answers that are right. */
    temperature: z.number().positive().optional(),
  },
] as const;
export type ExpressionReading = z.infer<z.ZodObject<(typeof readings)[0]>>;

/** Guo et al., "On Calibration of Modern Neural Networks", ICML 2017. */
export function temper(probabilities: readonly number[], temperature: number): number[] {
  const tempered = probabilities.map((probability) => probability ** (1 / temperature));
  const total = tempered.reduce((sum, each) => sum + each, 0);
  return tempered.map((each) => each / total);
}

/** @throws Error when the output is not a probability for each expression */
export function readExpression(
  output: readonly number[],
  { temperature = 1 }: Partial<ExpressionReading>,
  model: ModelInfo,
): { expression: Expression } {
  const { likeliest, confidence, probabilities } = readClasses(EXPRESSIONS, temper(output, temperature));
  const rounded = Object.fromEntries(
    EXPRESSIONS.map((each, index) => [each, roundProbability(probabilities[index] ?? 0)]),
  ) as Expression['probabilities'];
  return {
    expression: {
      expression: likeliest,
      confidence: roundProbability(confidence),
      probabilities: rounded,
      smile: rounded[SMILE],
      model,
    },
  };
}
