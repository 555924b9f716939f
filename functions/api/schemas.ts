import { z } from '@hono/zod-openapi';
import { ageSchema, analysedFaceSchema, genderSchema, modelSchema, scoreSchema } from '../../vision/face.ts';
import { failureSchema, photoSchema } from '../shared/item.ts';

/** What goes over the wire, made of the schemas that the pipeline itself uses. */

/** A face as the item has it; landmarks and the probabilities of the age groups only where they are asked for. */
export const faceAnswerSchema = analysedFaceSchema
  .extend({
    landmarks: analysedFaceSchema.shape.landmarks.optional(),
    age: ageSchema.extend({ groups: ageSchema.shape.groups.optional() }),
  })
  .openapi('Face');
export type FaceAnswer = z.infer<typeof faceAnswerSchema>;

export const predictionSchema = z
  .union([
    z.object({
      ismankind: z.literal(true),
      age: ageSchema.shape.group.describe('Age group of the largest face'),
      gender: genderSchema.shape.gender.describe('Gender of the largest face'),
      score: scoreSchema.describe('Face score of the largest face, 20 to 100'),
      faces: z.array(faceAnswerSchema).min(1).describe('Largest first'),
      facesFound: z.int().describe('More than `faces` has when only the largest ones were asked for'),
      width: z.int().describe('Of the upright photo, in pixels'),
      height: z.int(),
    }),
    z.object({ ismankind: z.literal(false).describe('There is no face') }),
  ])
  .openapi('Prediction');
export type Prediction = z.infer<typeof predictionSchema>;

/** A query parameter that is true when it is just there: `?landmarks`. */
const flag = (byDefault: boolean) =>
  z
    .enum(['', 'true', 'false'], { error: 'true or false' })
    .default(byDefault ? 'true' : 'false')
    .transform((text) => text !== 'false')
    .openapi({ type: 'boolean', default: byDefault });

/** A whole number in a query parameter. */
const wholeNumber = (minimum: number, maximum: number) =>
  z
    .string()
    .regex(/^\d{1,6}$/, `a whole number from ${minimum} to ${maximum}`)
    .transform(Number)
    .pipe(z.int().min(minimum).max(maximum))
    .openapi({ type: 'integer', minimum, maximum });

export const predictQuerySchema = z.object({
  maximumFaces: wholeNumber(1, 100).optional().describe('Keep only the largest ones'),
  probabilities: flag(true).describe('Whether faces have the probabilities of all age groups'),
  landmarks: flag(true).describe('Whether faces have their five landmarks'),
});

/** A photo in JSON. */
export const photoJsonSchema = z
  .union(
    [
      z.strictObject({
        image: z.string().min(1).describe('The photo in base64, with or without a "data:" prefix'),
      }),
      z.strictObject({
        key: z.string().min(1).max(1024).describe("Key of a photo in the stack's bucket"),
      }),
    ],
    { error: 'an object with either "image" (the photo in base64) or "key" (of a photo in the bucket)' },
  )
  .openapi('PhotoInJson');

export const healthSchema = z
  .object({
    status: z.literal('ok'),
    version: z.string(),
    engine: z.string(),
    models: z.array(modelSchema),
  })
  .openapi('Health');

export { failureSchema, photoSchema };
