import { z } from 'zod';

/** What detect tells age and gender: which faces to work on, and where their chips lie. */
export const facesFoundSchema = z.object({
  photo: z.string(),
  analysis: z.string(),
  /** Key in the crop bucket: every face's chips, one after another (see `vision/chips.ts`). */
  crops: z.string(),
  faces: z.number().int().min(1),
  /** Scales per face in the crops object. */
  scales: z.number().int().min(1),
});
export type FacesFound = z.infer<typeof facesFoundSchema>;
