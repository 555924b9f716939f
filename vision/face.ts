import * as z from 'zod';

/**
 * What is known of a face before anything is estimated, as schemas. All coordinates are pixels of the upright photo
 * (EXIF orientation applied), origin top left. The API names them by their ids.
 */

const pixels = z.number().min(0);

/** Which model said something. */
export const modelSchema = z.object({ name: z.string(), version: z.string() }).meta({ id: 'Model' });

export const boxSchema = z
  .object({ x: pixels, y: pixels, width: pixels, height: pixels })
  .meta({ id: 'Box' });

export const pointSchema = z.object({ x: z.number(), y: z.number() }).meta({ id: 'Point' });

export const foundFaceSchema = z.object({
  box: boxSchema,
  /** The detector's confidence that this is a face. */
  confidence: z.number().min(0).max(1),
  /** Left eye, right eye, nose tip, left and right corner of the mouth, as seen with the face upright. */
  landmarks: z.array(pointSchema).length(5),
});
