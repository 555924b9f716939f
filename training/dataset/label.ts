import * as z from 'zod';
import type { Attribute } from '../../attributes/attribute.ts';
import { compose } from '../../attributes/compose.ts';
import { ATTRIBUTES } from '../../attributes/list.ts';
import { boxSchema } from '../../vision/face.ts';

export const SPLITS = ['train', 'validation', 'test'] as const;
/** What a face is for: to learn from, to choose by, or to judge by. */
export type Split = (typeof SPLITS)[number];

/** What labels say of all attributes. */
const fields = compose(ATTRIBUTES.map(({ label }) => label.fields));
export type AttributeFields = z.infer<z.ZodObject<typeof fields>>;

/** What is known of a face. */
export const datasetLabelSchema = z.object({
  ...fields,
  /** Names the person: all photos of one are in the same split. */
  subject: z.string().min(1).optional(),
  split: z.enum(SPLITS).optional(),
  /** The fold in the set's own division for cross validation, from 0. */
  fold: z.number().int().min(0).optional(),
  /** Further columns of the labels, such as "race": results are also reported for each of their values. */
  groups: z.record(z.string(), z.string()),
});
export type DatasetLabel = z.infer<typeof datasetLabelSchema>;

/** A photo of a data set, and what is known of one face in it. */
export const labelledPhotoSchema = datasetLabelSchema.extend({
  /** In the data set's folder, with forward slashes. */
  file: z.string().min(1),
  /** Where the face is, in pixels of the upright photo; else it is the largest one. */
  box: boxSchema.optional(),
  /** Whether a person looked at the box: it is taken as it is, also where no face is found in it. */
  checked: z.literal(true).optional(),
});
export type LabelledPhoto = z.infer<typeof labelledPhotoSchema>;

/** What a label says about attributes. */
export const attributeFieldsOf = (label: AttributeFields): AttributeFields =>
  Object.fromEntries(
    Object.keys(fields).flatMap((name) => {
      const value = label[name as keyof AttributeFields];
      return value === undefined ? [] : [[name, value]];
    }),
  );

/** What one attribute's fields say, as they stand in a label. */
export const fieldsOf = (label: AttributeFields, attribute: Attribute): readonly unknown[] =>
  Object.keys(attribute.label.fields).map((name) => label[name as keyof AttributeFields]);
