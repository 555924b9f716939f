import * as z from 'zod';
import { boxSchema } from '../vision/face.ts';
import { faceSchema, labelSchema } from './face.ts';

/** Longest side of the picture of a corrected face, in pixels; a smaller one is as large as in its photo. */
export const CORRECTION_SIDE = 512;

/** What is kept of a correction, as JSON, beside the picture of the face. */
export const keptCorrectionSchema = z.object({
  label: labelSchema,
  /** What of the photo the picture shows, in pixels of the upright photo. */
  crop: boxSchema,
  /** What the networks said; its box is in pixels of the upright photo. */
  estimate: faceSchema,
});
export type KeptCorrection = z.infer<typeof keptCorrectionSchema>;
