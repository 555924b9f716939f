import { z } from 'zod';
import { faceSchema, modelSchema } from '../../vision/face.ts';

/**
 * The item's contract: what DynamoDB holds for one photo, what the announcement carries and what every
 * client reads. `vision/face.ts` is its part about one face.
 */

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
  /** Until then the function that completed the photo has its announcement to itself; after that anyone makes it. */
  announceBy: z.iso.datetime().optional(),
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
