import * as z from 'zod';

/**
 * What is said of one face: the part of the item's contract that the networks fill. All coordinates are
 * pixels of the upright photo (EXIF orientation applied), origin top left.
 */

/** The eight age groups of the Adience benchmark, in years. */
export const AGE_GROUPS = [
  '(0, 2)',
  '(4, 6)',
  '(8, 12)',
  '(15, 20)',
  '(25, 32)',
  '(38, 43)',
  '(48, 53)',
  '(60, 100)',
] as const;

const probability = z.number().min(0).max(1);
const pixels = z.number().min(0);
const years = z.number().min(0).max(120);

export const modelSchema = z.object({ name: z.string(), version: z.string() });

export const boxSchema = z.object({ x: pixels, y: pixels, width: pixels, height: pixels });

export const pointSchema = z.object({ x: z.number(), y: z.number() });

export const ageSchema = z.object({
  /** The number of years nearest to labels: the median or the expectation, as the model's card says. */
  years,
  /** The 80 % interval: four true ages in five lie from `low` to `high`. */
  low: years,
  high: years,
  /** The most probable age group. */
  group: z.enum(AGE_GROUPS),
  /** Probability of each group; they sum to 1. */
  groups: z.record(z.enum(AGE_GROUPS), probability),
  model: modelSchema,
});
export type Age = z.infer<typeof ageSchema>;

export const genderSchema = z.object({
  gender: z.enum(['M', 'F']),
  /** Probability of `gender`, 0.5 to 1. */
  confidence: z.number().min(0.5).max(1),
  model: modelSchema,
});
export type Gender = z.infer<typeof genderSchema>;

/** Face score: the sum over the age groups of probability × weight. */
export const scoreSchema = z.number().min(20).max(100);

/** A person's correction. */
export const labelSchema = z.object({
  /** In years. */
  age: years.optional(),
  gender: genderSchema.shape.gender.optional(),
  /** Whether the photo's owner agrees that the face is kept to train on. */
  consent: z.boolean(),
  labelledAt: z.iso.datetime(),
});
export type FaceLabel = z.infer<typeof labelSchema>;

export const faceSchema = z.object({
  box: boxSchema,
  /** The detector's confidence that this is a face. */
  confidence: probability,
  /** Left eye, right eye, nose tip, left and right corner of the mouth, as seen with the face upright. */
  landmarks: z.array(pointSchema).length(5),
  /** Absent while the photo is pending. */
  age: ageSchema.optional(),
  /** Absent while the photo is pending. */
  gender: genderSchema.optional(),
  /** Absent while the photo is pending. */
  score: scoreSchema.optional(),
  /** Absent unless a person corrected what the networks said. */
  label: labelSchema.optional(),
});
export type Face = z.infer<typeof faceSchema>;

/** A face of a photo whose analysis is complete. */
export const analysedFaceSchema = faceSchema.extend({
  age: ageSchema,
  gender: genderSchema,
  score: scoreSchema,
});
export type AnalysedFace = z.infer<typeof analysedFaceSchema>;
