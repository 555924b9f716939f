import * as z from 'zod';
import { genderSchema } from '../../attributes/gender/result.ts';
import { boxSchema } from '../../vision/face.ts';

/** In years. Data sets of faces hold nobody older; an age beyond is a slip. */
export const MAXIMUM_AGE = 116;

const years = z.number().min(0).max(MAXIMUM_AGE);

export const SPLITS = ['train', 'validation', 'test'] as const;
/** What a face is for: to learn from, to choose by, or to judge by. */
export type Split = (typeof SPLITS)[number];

/** What is known of a face. */
export const labelSchema = z.object({
  /** In years; of a range, its middle. */
  age: years.optional(),
  /** Where the label says no more than that the age lies from `low` to `high`, both included. */
  ageRange: z.object({ low: years, high: years }).optional(),
  gender: genderSchema.shape.gender.optional(),
  /** Names the person: all photos of one are in the same split. */
  subject: z.string().min(1).optional(),
  split: z.enum(SPLITS).optional(),
  /** Of the set's own division for cross validation, from 0. */
  fold: z.number().int().min(0).optional(),
  /** Further columns of the labels, such as "race": results are also told for each of their values. */
  groups: z.record(z.string(), z.string()),
});
export type Label = z.infer<typeof labelSchema>;

/** A photo of a data set, and what is known of one face in it. */
export const labelledPhotoSchema = labelSchema.extend({
  /** In the data set's folder, with forward slashes. */
  file: z.string().min(1),
  /** Where the face is, in pixels of the upright photo; else it is the largest one. */
  box: boxSchema.optional(),
});
export type LabelledPhoto = z.infer<typeof labelledPhotoSchema>;

/** The age of a range: its middle, which lies in the same Adience group. */
export const middleOf = ({ low, high }: { readonly low: number; readonly high: number }): number =>
  (low + high) / 2;
