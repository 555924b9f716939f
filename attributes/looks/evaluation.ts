import * as z from 'zod';
import { correlation } from '../../support/correlation.ts';
import type { AnsweredFace, Figure } from '../evaluation.ts';
import { known } from '../faces.ts';
import type { LooksLabel } from './label.ts';
import { type Looks, looksSchema, RATING } from './result.ts';
import { fitWeights, RATED_PARTS } from './score.ts';

export const answer = looksSchema;

export type Face = AnsweredFace & LooksLabel & { readonly said?: { readonly looks?: Looks | undefined } };

/** What is learned as the rating that it stands for. */
export const toRating = (learned: number): number =>
  RATING.least + (learned / 100) * (RATING.most - RATING.least);
export const fromRating = (rating: number): number =>
  (100 * (rating - RATING.least)) / (RATING.most - RATING.least);

const TOLD = ['score', ...RATED_PARTS, 'symmetry'] as const;
const share = z.number().min(0).max(1).optional();
const signed = z.number().min(-1).max(1).optional();
const nameOf = <Name extends string>(of: Name) => `${of}Ratings` as const;
const weightOf = <Name extends string>(of: Name) => `${of}Weight` as const;

type Told = Partial<
  Record<`${(typeof TOLD)[number]}Ratings` | `${(typeof RATED_PARTS)[number]}Weight`, number>
>;

/** Beside those of a number, Pearson's correlation of ratings with all that is told, and what each part counts for if weights are fitted on them. */
export const measures = {
  ...{ looksError: z.number().min(0).optional(), looksRanks: signed, looksCovered: share },
  ...(Object.fromEntries([
    ...TOLD.map((of) => [nameOf(of), signed]),
    ...RATED_PARTS.map((of) => [weightOf(of), share]),
  ]) as Record<keyof Told, typeof signed>),
};

export const figures: readonly Figure[] = [
  ...TOLD.map((of) => ({
    ...{ name: nameOf(of), title: `Correlation of the ${of} with ratings`, column: `r ${of}` },
    ...{ ofAnswered: `the correlation of the ${of}`, unit: '', more: true },
  })),
  ...RATED_PARTS.map((of) => ({
    ...{ name: weightOf(of), title: `Weight of the ${of}, fitted`, column: `weight ${of} %` },
    ...{ ofAnswered: `the weight of the ${of}`, unit: '%', more: true },
  })),
];

export function measure(faces: readonly Face[]): Told {
  const rated = known(faces, ({ looks, said }) =>
    looks === undefined || !said?.looks ? undefined : { rating: fromRating(looks), told: said.looks },
  );
  const told = (of: (typeof TOLD)[number]) =>
    known(rated, ({ rating, told: { score, parts, symmetry } }) => {
      const value = { score, ...parts, symmetry }[of];
      return value === undefined ? undefined : ([rating, value] as const);
    });
  const correlations = TOLD.flatMap((of) => {
    const value = correlation(told(of));
    return value === undefined ? [] : [[nameOf(of), value] as const];
  });
  const parts = RATED_PARTS.filter((of) => rated.length > 0 && told(of).length === rated.length);
  const weights =
    parts.length < RATED_PARTS.length
      ? []
      : [
          ...fitWeights(
            parts,
            rated.map(({ rating, told }) => ({ rating, parts: complete(told.parts) })),
          ),
        ].map(([of, weight]) => [weightOf(of), weight] as const);
  return Object.fromEntries([...correlations, ...weights]);
}

const complete = (parts: Looks['parts']) => {
  const { learned = 0, smile = 0, quality = 0, shape = 0 } = parts;
  return { learned, smile, quality, shape };
};
