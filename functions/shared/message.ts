import * as z from 'zod';

/** What detect tells age and gender: which faces to work on, and where their chips lie. */
export const facesFoundSchema = z.object({
  photo: z.string(),
  analysis: z.string(),
  /** Key in the crop bucket: the chips of every face, one after another (see `vision/chips.ts`). */
  crops: z.string(),
  faces: z.number().int().min(1),
  /** The S3 event notification that began this analysis, as JSON: to begin it again. */
  event: z.string(),
});
export type FacesFound = z.infer<typeof facesFoundSchema>;
