import { z } from 'zod';

/**
 * The item's contract: what DynamoDB holds for one photo, what the announcement carries and what every
 * client reads. All coordinates are pixels of the upright photo (EXIF orientation applied), origin top left.
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
  /** Expected age. */
  years,
  /** The 80 % interval: one true age in ten lies below `low`, one in ten above `high`. */
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

export const faceSchema = z.object({
  box: boxSchema,
  /** The detector's confidence that this is a face. */
  confidence: probability,
  /** Left eye, right eye, nose tip, left and right corner of the mouth, as seen in the photo. */
  landmarks: z.array(pointSchema).length(5),
  /** Absent while the photo is pending. */
  age: ageSchema.optional(),
  /** Absent while the photo is pending. */
  gender: genderSchema.optional(),
  /** Face score, 20 to 100: the sum over the age groups of probability × weight. Absent while pending. */
  score: z.number().min(20).max(100).optional(),
});
export type Face = z.infer<typeof faceSchema>;

/** Why a photo has no result. */
export const FAILURES = [
  'empty',
  'not-an-image',
  'unsupported-format',
  'corrupt',
  'too-many-bytes',
  'too-many-pixels',
  'gave-up',
] as const;

export const failureSchema = z.object({
  code: z.enum(FAILURES),
  /** A sentence a person understands: what was expected and what came. */
  message: z.string(),
});
export type Failure = z.infer<typeof failureSchema>;

export const photoSchema = z.object({
  /** The object's key in the photo bucket: the table's partition key. */
  photo: z.string(),
  status: z.enum(['pending', 'done', 'failed']),
  /** Names this analysis of this version of the photo: the announcement's id, and the fence against older versions. */
  analysis: z.string(),
  /** S3's sequencer of the event that brought this version, padded so that strings order as S3 orders them. */
  sequencer: z.string(),
  etag: z.string(),
  /** ISO 8601, UTC. */
  uploadedAt: z.iso.datetime(),
  startedAt: z.iso.datetime(),
  completedAt: z.iso.datetime().optional(),
  announcedAt: z.iso.datetime().optional(),
  /** When DynamoDB may delete the item, in epoch seconds. */
  expiresAt: z.number().int(),
  bytes: z.number().int().optional(),
  format: z.string().optional(),
  width: z.number().int().optional(),
  height: z.number().int().optional(),
  detector: modelSchema.optional(),
  /** Largest first. Absent until the photo has been looked at; empty when there is no face. */
  faces: z.array(faceSchema).optional(),
  /** How many faces were found; more than `faces` holds when the list was cut to the largest ones. */
  facesFound: z.number().int().optional(),
  failure: failureSchema.optional(),
});
export type Photo = z.infer<typeof photoSchema>;
