import { z } from 'zod';

/** What of a deployed facedrop's settings decides what it says of a photo. */
export const facedropSettingsSchema = z.object({
  minimumConfidence: z.number(),
  maximumPixels: z.number(),
});
export type FacedropSettings = z.infer<typeof facedropSettingsSchema>;
