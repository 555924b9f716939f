import * as z from 'zod';
import { PARTS } from '../../attributes/list.ts';
import { weightsSchema } from '../../attributes/looks/score.ts';

/** The functions' environment, set by the stack and parsed once when a function starts. */
const storeSchema = z.object({
  TABLE_NAME: z.string().min(1),
  CHIP_BUCKET: z.string().min(1),
  /** Where trained models are. */
  TRAINING_BUCKET: z.string().min(1),
  /** What is estimated, such as `age` or `age+gender`; `own` are all attributes that the registry alone knows. */
  ATTRIBUTES: z
    .string()
    .transform((names) => names.split('+'))
    .pipe(z.array(z.enum(PARTS)).min(1)),
  /** What parts of looks count for in their score, as JSON; the usual weights unless set. */
  LOOKS_WEIGHTS: z
    .string()
    .transform((text): unknown => JSON.parse(text))
    .pipe(weightsSchema)
    .optional(),
});

const workerSchema = storeSchema.extend({
  EVENT_BUS_NAME: z.string().min(1),
  /** URL of the queue that the function works off. */
  QUEUE_URL: z.url(),
  MAXIMUM_TRIES: z.coerce.number().int().min(1),
});

/** What is taken for a face, and which photos are too large or not to be analysed. */
const limitSchema = z.object({
  MINIMUM_CONFIDENCE: z.coerce.number().gt(0).lt(1),
  MAXIMUM_FACES: z.coerce.number().int().min(1).max(100),
  MAXIMUM_BYTES: z.coerce.number().int().min(1),
  MAXIMUM_PIXELS: z.coerce.number().int().min(1),
  /** Photos whose keys begin so are not analysed; commas between them. */
  SKIP_PREFIXES: z
    .string()
    .default('')
    .transform((prefixes) => prefixes.split(',').filter(Boolean)),
});

/** Where estimates are ordered: `age=URL gender=URL`, or `age+gender=URL`. */
const estimateQueuesSchema = z
  .string()
  .transform((queues) =>
    queues.split(' ').map((queue) => {
      const [names = '', ...url] = queue.split('=');
      return { attributes: names.split('+'), url: url.join('=') };
    }),
  )
  .pipe(z.array(z.object({ attributes: z.array(z.enum(PARTS)), url: z.url() })).min(1));

/** A queue of orders, and what is estimated by whoever works it off. */
export type EstimateQueue = z.infer<typeof estimateQueuesSchema>[number];

const detectSchema = workerSchema.extend({
  ...limitSchema.shape,
  /** Where corrections are, which end with their photo. */
  LABEL_BUCKET: z.string().min(1),
  ESTIMATE_QUEUES: estimateQueuesSchema,
  ITEM_DAYS: z.coerce.number().int().min(1),
});

const sweepSchema = storeSchema.pick({ TABLE_NAME: true, CHIP_BUCKET: true }).extend({
  EVENT_BUS_NAME: z.string().min(1),
  PHOTO_BUCKET: z.string().min(1),
  ITEM_DAYS: z.coerce.number().int().min(1),
  UPLOAD_QUEUE: z.url(),
  /** URLs, with blanks between them. */
  DEAD_LETTERS: z
    .string()
    .transform((urls) => urls.split(' '))
    .pipe(z.array(z.url())),
  /** Set by Lambda. */
  AWS_REGION: z.string().min(1),
});

const apiSchema = storeSchema.extend({
  ...limitSchema.shape,
  PHOTO_BUCKET: z.string().min(1),
  LABEL_BUCKET: z.string().min(1),
  /** Where browsers upload photos to: what the page is allowed to talk to beside the API. */
  UPLOAD_ORIGIN: z.string().min(1),
  /** Who may call: holders of an API key, or AWS identities that API Gateway has checked. */
  API_ACCESS: z.enum(['key', 'iam']),
  /** With access by AWS identities: `role/NAME` and `user/NAME` of administrators, with blanks between them. */
  API_ADMINS: z.string().transform((names) => names.split(' ').filter(Boolean)),
  /** With access by AWS identities: how many requests a second and a day each may make. */
  IDENTITY_RATE: z.coerce.number().positive(),
  IDENTITY_QUOTA: z.coerce.number().int().positive(),
  KEY_TABLE: z.string().min(1),
  VERSION: z.string().min(1),
});

export type StoreSettings = z.infer<typeof storeSchema>;
export type WorkerSettings = z.infer<typeof workerSchema>;
export type DetectSettings = z.infer<typeof detectSchema>;
export type SweepSettings = z.infer<typeof sweepSchema>;
export type ApiSettings = z.infer<typeof apiSchema>;

/** @throws ZodError naming the variables that are missing or malformed */
export const estimateSettings = (): WorkerSettings => workerSchema.parse(process.env);
/** @throws ZodError naming the variables that are missing or malformed */
export const detectSettings = (): DetectSettings => detectSchema.parse(process.env);
/** @throws ZodError naming the variables that are missing or malformed */
export const sweepSettings = (): SweepSettings => sweepSchema.parse(process.env);
/** @throws ZodError naming the variables that are missing or malformed */
export const apiSettings = (): ApiSettings => apiSchema.parse(process.env);
