import * as z from 'zod';
import { modelSchema } from '../../vision/face.ts';
import { personSchema } from '../person.ts';

/** Ratings, as those who rated faces gave them. */
export const RATING = { least: 1, most: 5 } as const;

/** What looks are made of, in the order in which it is shown. */
export const PARTS = ['learned', 'smile', 'quality', 'shape', 'likeness'] as const;
export type PartOfLooks = (typeof PARTS)[number];

const share = z.number().min(0).max(100);

const partsSchema = z
  .object({
    learned: share.describe(
      'How 60 students would rate such a face, as a network learned from their ratings. It rates Black faces lower',
    ),
    smile: share.describe('Probability that the face smiles'),
    quality: share.describe("The score of the face's quality"),
    shape: share.describe('How close its five landmarks are to those of an average face'),
    likeness: share.describe(
      'The probability that the face belongs to the person in the gallery whom it resembles most, assuming that half of all faces do',
    ),
  })
  .partial();

/** The face score of several models: each part by itself, and their weighted mean. */
export const looksSchema = z.object({
  score: share,
  /** Each from 0 to 100; absent where what tells it isn't there. */
  parts: partsSchema.meta({ id: 'PartsOfLooks', description: 'Each from 0 to 100' }),
  /** Told, not scored: people rate posed, turned faces higher. */
  symmetry: share.optional(),
  /** Whom of the gallery it is most like, which is no proof that it is that person. */
  resembles: personSchema.optional().describe('The person in the gallery whom it resembles most'),
  /** What tells `learned`. */
  model: modelSchema.optional(),
});
export type Looks = z.infer<typeof looksSchema>;
