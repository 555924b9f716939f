import * as z from 'zod';
import { foundFaceSchema } from '../vision/face.ts';
import { compose } from './compose.ts';
import { ATTRIBUTES } from './list.ts';
import { ownCorrectionsSchema, ownResultsSchema } from './own/result.ts';

/** What is said of one face, by detector, networks and people: the item's contract about it. */

/** The fields of all attributes. */
const fields = compose(ATTRIBUTES.map((attribute) => attribute.fields));

/** What a person may say of each attribute. */
const corrections = Object.fromEntries(
  ATTRIBUTES.map(({ name, correction }) => [name, correction]),
) as unknown as Corrections;
export type Corrections = {
  [Each in (typeof ATTRIBUTES)[number] as Each['name']]: Each['correction'];
};

/** A person's correction. */
export const labelSchema = z.object({
  ...z.object(corrections).partial().shape,
  /** Corrections of own attributes, by their names. */
  attributes: ownCorrectionsSchema.optional(),
  /** Whether the photo's owner agrees that the face is kept to train on. */
  consent: z.boolean(),
  labelledAt: z.iso.datetime(),
});
export type FaceLabel = z.infer<typeof labelSchema>;

export const faceSchema = foundFaceSchema.extend({
  // Absent while the photo is pending, or where an attribute is off or was not wanted.
  ...z.object(fields).partial().shape,
  /** Own attributes, by their names; absent while there are none. */
  attributes: ownResultsSchema.optional(),
  /** Absent unless a person corrected what the networks said. */
  label: labelSchema.optional(),
});
export type Face = z.infer<typeof faceSchema>;
