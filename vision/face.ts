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

const share = z.number().min(0).max(100);
const degrees = (limit: number) => z.number().min(-limit).max(limit);

/** How good the picture of a face is, as `vision/quality.ts` measures it. */
export const qualitySchema = z
  .object({
    score: share.describe('Overall, without the pose; 0 to 100'),
    sharpness: share,
    brightness: share.describe('0 is black, 100 is white'),
    contrast: share,
    pose: z
      .object({
        yaw: degrees(90).describe('Positive when the head is turned towards the right of the photo'),
        pitch: degrees(90).describe('Positive when the head looks up'),
        roll: degrees(180).describe('Positive when the head is tilted clockwise'),
      })
      .meta({ id: 'Pose', description: 'In degrees' }),
    size: z.number().min(0).describe("The face's width from jaw to jaw, in pixels of the photo"),
  })
  .meta({ id: 'Quality' });

/**
 * Leaves out faces whose pictures have a lower score, as if they had not been found; one that was not measured has none.
 * @param found how many there were before the list was cut to the largest
 */
export function leaveOutPoor<Face extends { readonly quality?: { readonly score: number } | undefined }>(
  all: readonly Face[],
  found: number,
  minimum: number,
): { faces: Face[]; found: number } {
  const faces = all.filter(({ quality }) => (quality?.score ?? 0) >= minimum);
  return { faces, found: found - all.length + faces.length };
}

export const foundFaceSchema = z.object({
  box: boxSchema,
  /** The detector's confidence that this is a face. */
  confidence: z.number().min(0).max(1),
  /** Left eye, right eye, nose tip, left and right corner of the mouth, as seen with the face upright. */
  landmarks: z.array(pointSchema).length(5),
  /** Absent where it wasn't wanted, and from items that were made before it was measured. */
  quality: qualitySchema.optional(),
});
