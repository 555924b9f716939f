import * as z from 'zod';

/** Which chips there are of each face. */
export const chipSpecsSchema = z
  .array(
    z.object({
      side: z.int().min(1),
      extent: z.number().positive(),
      shift: z.tuple([z.number(), z.number()]).readonly().optional(),
    }),
  )
  .min(1);

/** What detect sends to those who estimate: faces were found in a photo. */
export const facesFoundSchema = z.object({
  photo: z.string(),
  analysis: z.string(),
  /** Of its item when they were found: one that is higher by now began again. Absent in messages of earlier versions. */
  attempt: z.int().optional(),
  /** What is yet to be told of them; absent in messages of earlier versions. */
  outstanding: z.array(z.string()).optional(),
  /** What is wanted of them, by name; absent where it is everything. */
  wanted: z.array(z.string()).optional(),
  /** The S3 event notification that began this analysis, as JSON: to begin it again. */
  event: z.string(),
  /** Chips that fit into the message, face after face, as JPEG; others lie in the chip bucket, by the analysis. */
  chips: z.object({ specs: chipSpecsSchema, pictures: z.array(z.base64()) }).optional(),
});
export type FacesFound = z.infer<typeof facesFoundSchema>;
