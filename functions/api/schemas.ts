import { z } from '@hono/zod-openapi';
import {
  answerFields,
  CORRECTION_EXPECTED,
  correctionFields,
  ownAnswer,
  PROBABILITIES,
  shortcutFields,
} from '../../attributes/answer.ts';
import { labelSchema } from '../../attributes/face.ts';
import { ATTRIBUTE_NAMES, type AttributeName } from '../../attributes/list.ts';
import { ownNameSchema } from '../../attributes/own/definition.ts';
import { ownCorrectionsSchema } from '../../attributes/own/result.ts';
import { namesIn, QUALITY, WANTED } from '../../attributes/wanted.ts';
import { enumerate } from '../../attributes/words.ts';
import { foundFaceSchema, modelSchema } from '../../vision/face.ts';
import { MEDIA_TYPES } from '../../vision/photo.ts';
import { FAILURES, failureSchema, photoSchema, summarySchema } from '../shared/item.ts';
import { PHOTO_ID } from './photo-id.ts';
import { VARIANTS } from './photo-image.ts';

/** What goes over the wire, made of the schemas that the pipeline itself uses. */

// Schemas made elsewhere that have no id get their names in the description here.
const status = z.enum(photoSchema.shape.status.options).openapi('Status');
const failure = failureSchema.extend({ code: z.enum(FAILURES).openapi('FailureCode') }).openapi('Failure');

export const labelAnswerSchema = labelSchema.meta({ id: 'Label' });

/** A face as the item has it; landmarks and probabilities may be left out. */
export const faceAnswerSchema = foundFaceSchema
  .extend({
    landmarks: foundFaceSchema.shape.landmarks
      .optional()
      .describe(
        'Left eye, right eye, nose tip, left and right corner of the mouth, as seen with the face upright',
      ),
    ...answerFields,
    attributes: ownAnswer,
    label: labelAnswerSchema.optional(),
  })
  .openapi('Face');
export type FaceAnswer = z.infer<typeof faceAnswerSchema>;

export const predictionSchema = z
  .union([
    z
      .object({
        ismankind: z.literal(true),
        ...shortcutFields,
        faces: z.array(faceAnswerSchema).min(1).describe('Largest first'),
        facesFound: z
          .int()
          .describe(
            'How many faces were found; more than are in `faces` if only the largest ones were asked for',
          ),
        width: z.int().describe('Of the upright photo, in pixels'),
        height: z.int(),
      })
      .describe('What the largest face shows, and all faces')
      .openapi('FacesFound'),
    z.object({ ismankind: z.literal(false).describe('No face was found') }).openapi('NoFaceFound'),
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
export const wholeNumber = (minimum: number, maximum: number) =>
  z
    .string({ error: `one whole number from ${minimum} to ${maximum}` })
    .regex(/^\d{1,6}$/, `a whole number from ${minimum} to ${maximum}`)
    .transform(Number)
    .pipe(z.int().min(minimum).max(maximum))
    .openapi({ type: 'integer', minimum, maximum });

/** Longest list of names, in characters. */
export const LONGEST_LIST = 1000;

/** Which attributes there are, the description can't say: own ones are data. */
const wantedDescription = `What to estimate of each face, such as \`age,${QUALITY}\`; by default all that are turned on. The rest is not computed`;

/** Names between commas, as a parameter or a field of a form has them. */
export const wantedTextSchema = z
  .string({ error: 'one list of names' })
  .min(1)
  .max(LONGEST_LIST)
  .transform(namesIn)
  .openapi({ type: 'string', minLength: 1, maxLength: LONGEST_LIST });

export const predictQuerySchema = z.object({
  [WANTED]: wantedTextSchema.optional().describe(`${wantedDescription}. A form may also send it as a field`),
  maximumFaces: wholeNumber(1, 100).optional().describe('Keep only the largest ones'),
  minimumQuality: wholeNumber(0, 100)
    .optional()
    .describe('Leave out faces with a lower `quality.score`, as if they had not been found'),
  probabilities: flag(true).describe(`Whether faces have the probabilities of ${enumerate(PROBABILITIES)}`),
  landmarks: flag(true).describe('Whether faces have their five landmarks'),
});

/**
 * Base64 as it was before it came here: programs break its lines, and what decodes forms makes a blank of each plus
 * sign. Where there are plus signs still, or those that some write instead, blanks mean nothing.
 */
function mendBase64(text: string): string {
  const [, prefix = '', data = ''] = /^(data:[^,]*,)?(.*)$/s.exec(text) ?? [];
  const mended = /[+_-]/.test(data) ? data : data.replaceAll(/[\r\n\t]+/g, '').replaceAll(' ', '+');
  return `${prefix}${mended}`.replaceAll(/\s+/g, '');
}

/** Characters: a Lambda function's event holds no more. */
const MAXIMUM_TEXT = 6_291_456;

/** A photo in JSON. */
export const photoJsonSchema = z
  .union(
    [
      z
        .strictObject({
          image: z
            .string()
            .overwrite(mendBase64)
            .max(MAXIMUM_TEXT)
            .regex(/^(data:[^,]{0,100};base64,)?[A-Za-z0-9+/_-]+={0,2}$/, 'base64')
            .describe('The photo in base64, with or without a "data:" prefix'),
        })
        .openapi('PhotoAsBase64'),
      z
        .strictObject({
          key: z
            .string()
            .min(1)
            .max(1024)
            .refine(
              (key) => key.isWellFormed() && Buffer.byteLength(key) <= 1024,
              'a key of at most 1024 bytes',
            )
            .describe("Key of a photo in the stack's bucket"),
        })
        .openapi('PhotoInBucket'),
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

const idSchema = z
  .string()
  .regex(PHOTO_ID, 'the id of a photo')
  .describe('Id of a photo; it cannot be guessed');

export const photoParamsSchema = z.object({ id: idSchema });

export const faceParamsSchema = photoParamsSchema.extend({
  face: z
    .string()
    .regex(/^\d{1,2}$/, 'the number of a face')
    .transform(Number)
    .openapi({ type: 'integer', minimum: 0, maximum: 99 })
    .describe("Position in the photo's `faces`, from 0"),
});

export const uploadRequestSchema = z
  .strictObject({
    contentType: z.enum(MEDIA_TYPES).describe('What the photo is').openapi('MediaType'),
    bytes: z
      .int()
      .min(1)
      .max(100_000_000)
      .optional()
      .describe("The photo's exact size; without it, any size up to the limit"),
    attributes: z
      .array(ownNameSchema)
      .min(1)
      .max(50)
      .refine((names) => new Set(names).size === names.length, 'each name once')
      .meta({ uniqueItems: true })
      .optional()
      .describe(wantedDescription),
  })
  .openapi('UploadRequest');

export const uploadSchema = z
  .object({
    id: idSchema,
    upload: z
      .object({ url: z.url(), fields: z.record(z.string(), z.string()).openapi('UploadFields') })
      .openapi('UploadForm')
      .describe('POST `fields` to `url` as multipart/form-data, followed by the photo as the field `file`'),
    expires: z.iso.datetime().describe('Until when the photo may be uploaded'),
  })
  .openapi('Upload');

/** A photo as its owner sees it: the item without what only the pipeline needs. */
export const photoAnswerSchema = photoSchema
  .pick({
    status: true,
    uploadedAt: true,
    completedAt: true,
    bytes: true,
    format: true,
    width: true,
    height: true,
    detector: true,
    facesFound: true,
    wanted: true,
    failure: true,
  })
  .extend({
    id: idSchema,
    status: status.extract(['done', 'failed']),
    failure: failure.optional(),
    wanted: photoSchema.shape.wanted.describe(
      'The `attributes` that were asked for; absent if none were named',
    ),
    faces: z.array(faceAnswerSchema).optional().describe('Largest first; only of a photo that is done'),
    expires: z.iso.datetime().describe('When the result is deleted'),
  })
  .openapi('Photo');
export type PhotoAnswer = z.infer<typeof photoAnswerSchema>;

export const pendingSchema = z
  .object({ id: idSchema, status: photoSchema.shape.status.extract(['awaiting-upload', 'pending']) })
  .openapi('PendingPhoto');

export const listQuerySchema = z.object({
  status: status.optional(),
  from: z.iso
    .datetime({ offset: true, error: 'a time such as 2026-01-31T12:00:00Z' })
    .transform((time) => new Date(time).toISOString())
    .optional()
    .openapi({ type: 'string', format: 'date-time', maxLength: 40 })
    .describe('Only photos uploaded at or after this time'),
  minimumQuality: wholeNumber(0, 100)
    .optional()
    .describe('Only photos with a face that has at least this `quality.score`'),
  cursor: z.string().min(1).max(200).optional().describe('The cursor of the previous page'),
  limit: wholeNumber(1, 100).default(20).openapi({ type: 'integer', minimum: 1, maximum: 100, default: 20 }),
});

export const listSchema = z
  .object({
    photos: z.array(
      summarySchema
        .omit({ photo: true, expiresAt: true })
        .extend({ id: idSchema, status, failure: failure.optional() })
        .openapi('PhotoSummary'),
    ),
    cursor: z.string().optional().describe('Cursor for the next page; absent on the last one'),
  })
  .openapi('PhotoList');

export const imageQuerySchema = z.object({
  variant: z.enum(VARIANTS).default('original'),
  annotated: flag(false).describe('Same as `variant=annotated`'),
  blurred: flag(false).describe('Same as `variant=blurred`, which takes precedence'),
});

/** Whether there is a value of any attribute. */
const saysSomething = ({
  attributes = {},
  ...listed
}: Partial<Record<AttributeName, unknown>> & { readonly attributes?: object | undefined }) =>
  ATTRIBUTE_NAMES.some((name) => listed[name] !== undefined) || Object.keys(attributes).length > 0;

export const correctionSchema = z
  .object(correctionFields)
  .partial()
  .extend({
    attributes: ownCorrectionsSchema
      .optional()
      .describe(
        'For attributes that the operator trained and the face has, by name: one of the classes, or a number',
      ),
    consent: labelSchema.shape.consent.describe(
      "Whether the photo's owner agrees that the face is kept, to train on, until the photo or the label is erased",
    ),
  })
  .strict()
  .refine(saysSomething, {
    error: CORRECTION_EXPECTED,
    path: [ATTRIBUTE_NAMES[0]],
  })
  // Consent and at least one of the others.
  .openapi('Correction', { minProperties: 2 });
