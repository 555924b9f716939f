import * as z from 'zod';
import { modelSchema } from '../../vision/face.ts';
import { boundSchema, OWN_NAME, ownNameSchema } from './definition.ts';

/** The estimates of own attributes: `attributes: { glasses: …, beauty: … }` of a face. */

const ownClassSchema = z
  .object({
    /** The most probable class. */
    value: z.string(),
    /** Probability of each class; they sum to 1. */
    probabilities: z.record(z.string(), z.number().min(0).max(1)),
    model: modelSchema,
  })
  .meta({ id: 'OwnClass', description: 'One of several classes, which are the names of the probabilities' });

const ownNumberSchema = z
  .object({
    value: z.number(),
    /** The 80 % interval: four labels in five lie from `low` to `high`. */
    low: z.number(),
    high: z.number(),
    /** The least and the largest number there is. */
    range: z.tuple([z.number(), z.number()]),
    model: modelSchema,
  })
  .meta({ id: 'OwnNumber', description: 'A number and its 80 % interval' });

export const ownResultSchema = z.union([ownClassSchema, ownNumberSchema]);
export type OwnResult = z.infer<typeof ownResultSchema>;
export type OwnClassResult = z.infer<typeof ownClassSchema>;
export type OwnNumberResult = z.infer<typeof ownNumberSchema>;

/** By name. */
export const ownResultsSchema = z.record(ownNameSchema, ownResultSchema);
export type OwnResults = z.infer<typeof ownResultsSchema>;

/** More than a face has of its own. */
const MAXIMUM_CORRECTIONS = 50;

/** What people say of own attributes, by name: a class or a number. */
export const ownCorrectionsSchema = z
  .record(ownNameSchema, z.union([boundSchema, z.string().min(1).max(40)]))
  .refine(
    (corrections) => {
      const { length } = Object.keys(corrections);
      return length > 0 && length <= MAXIMUM_CORRECTIONS;
    },
    { error: `from 1 to ${MAXIMUM_CORRECTIONS} attributes` },
  )
  .meta({
    minProperties: 1,
    maxProperties: MAXIMUM_CORRECTIONS,
    propertyNames: { pattern: OWN_NAME.source, maxLength: 32 },
  });
export type OwnCorrections = z.infer<typeof ownCorrectionsSchema>;
