import type { ModelInfo, Point } from '../../vision/engine.ts';
import type { Attribute, Likeness, Part } from '../attribute.ts';
import { type NumberReading, numberAttribute, numberReading } from '../number.ts';
import { answer, type Face, figures, fromRating, measure, measures, toRating } from './evaluation.ts';
import { type LooksLabel, looksLabel, ratingSchema } from './label.ts';
import { type Looks, looksSchema, RATING } from './result.ts';
import { scoreOf, type Weights } from './score.ts';
import { shapeOf } from './shape.ts';

const rating = numberAttribute({
  name: 'looks',
  range: [RATING.least, RATING.most],
  measures: { error: 'looksError', ranks: 'looksRanks', covered: 'looksCovered' },
  labelOf: ({ looks }: LooksLabel) => looks,
  saidOf({ looks }: { readonly looks?: Looks } = {}) {
    const { learned } = looks?.parts ?? {};
    return learned === undefined ? undefined : { value: toRating(learned) };
  },
});

/** All that the score is made of. */
interface Known {
  readonly looks?: Looks | undefined;
  readonly expression?: { readonly smile: number } | undefined;
  readonly quality?: { readonly score: number } | undefined;
  readonly landmarks?: readonly Point[];
  readonly likeness?: Likeness | undefined;
  readonly looksWeights?: Weights;
}

/**
 * The face score of several models. What a network learned of ratings is one part of several, which are all told. It says how
 * 60 students rated such faces, and nothing that people should be judged by.
 */
export const looks = {
  name: 'looks',
  optIn: true,
  caution:
    'looks says how 60 students rated such faces, not what a face is worth. It rates Black faces lower. Do not use it to decide about people.',
  fields: { looks: looksSchema.meta({ id: 'Looks', description: 'Only if the deployment turns it on' }) },
  correction: ratingSchema,
  readings: [numberReading],
  read(output: readonly number[], reading: NumberReading, model: ModelInfo) {
    const learned = tenth(fromRating(rating.read(output, reading).value));
    return { looks: { score: learned, parts: { learned }, model } };
  },
  blend: {
    of: ['expression'],
    likeness: true,
    mix({ looks, expression, quality, landmarks, likeness, looksWeights }: Known & Part) {
      const { shape, symmetry } = landmarks ? shapeOf(landmarks) : {};
      const parts = {
        ...looks?.parts,
        ...(expression && { smile: tenth(100 * expression.smile) }),
        ...(quality && { quality: quality.score }),
        ...(shape !== undefined && { shape: tenth(shape) }),
        ...(likeness && { likeness: tenth(100 * likeness.probability) }),
      };
      return {
        looks: {
          score: tenth(scoreOf(parts, looksWeights)),
          parts,
          ...(symmetry !== undefined && { symmetry: tenth(symmetry) }),
          ...(likeness && { resembles: likeness.name }),
          ...(looks?.model && { model: looks.model }),
        },
      };
    },
  },
  answer: {
    shortcut: { looks: looksSchema.shape.score },
    shorten: ({ looks }: { readonly looks: Looks }) => ({ looks: looks.score }),
    correction: { schema: ratingSchema.describe('Your own rating, from 1 to 5') },
  },
  label: looksLabel,
  learning: rating.learning,
  evaluation: {
    ...rating.evaluation,
    answer,
    measures,
    measure: (faces: readonly Face[]) => ({ ...rating.evaluation.measure(faces), ...measure(faces) }),
    figures: [...rating.evaluation.figures, ...figures],
  },
} as const satisfies Attribute;

const tenth = (value: number): number => Math.round(10 * value) / 10;
