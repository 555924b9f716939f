import * as z from 'zod';
import { modelSchema } from '../../vision/face.ts';

/** In the order of a network's outputs, which is that of FER+ (Barsoum et al., ICMI 2016). */
export const EXPRESSIONS = [
  'neutral',
  'happiness',
  'surprise',
  'sadness',
  'anger',
  'disgust',
  'fear',
  'contempt',
] as const;
export type ExpressionClass = (typeof EXPRESSIONS)[number];

/** The expression that people tell a smile by. */
export const SMILE = 'happiness';

const probability = z.number().min(0).max(1);

/** What a face shows: not what the person feels. */
export const expressionSchema = z.object({
  expression: z
    .enum(EXPRESSIONS)
    .meta({ id: 'ExpressionClass', description: 'What the face shows; not what the person feels' }),
  /** Probability of that expression, at least as high as that of any other. */
  confidence: probability,
  /** Of each expression; they sum to 1. */
  probabilities: z.record(z.enum(EXPRESSIONS), probability),
  /** That the face smiles: the probability of happiness, by which people tell a smile. */
  smile: probability,
  model: modelSchema,
});
export type Expression = z.infer<typeof expressionSchema>;
