import * as z from 'zod';

/** What detect sends to those who estimate: the chips of the photo's faces are there. */
export const facesFoundSchema = z.object({
  photo: z.string(),
  /** Under this name the chips lie in the chip bucket. */
  analysis: z.string(),
  /** What is yet to be told of them, which the topic delivers by; absent in messages of earlier versions. */
  outstanding: z.array(z.string()).optional(),
  /** The S3 event notification that began this analysis, as JSON: to begin it again. */
  event: z.string(),
});
export type FacesFound = z.infer<typeof facesFoundSchema>;
