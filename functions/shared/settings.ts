import { z } from 'zod';

/** The functions' environment, set by the stack and parsed once when a function starts. */
const workerSchema = z.object({
  TABLE_NAME: z.string().min(1),
  CROP_BUCKET: z.string().min(1),
  EVENT_BUS_NAME: z.string().min(1),
  MAXIMUM_TRIES: z.coerce.number().int().min(1),
  CROPS: z.coerce.number().pipe(z.union([z.literal(1), z.literal(2), z.literal(4)])),
});

const detectSchema = workerSchema.extend({
  TOPIC_ARN: z.string().min(1),
  MINIMUM_CONFIDENCE: z.coerce.number().gt(0).lt(1),
  MAXIMUM_FACES: z.coerce.number().int().min(1).max(100),
  MAXIMUM_BYTES: z.coerce.number().int().min(1),
  MAXIMUM_PIXELS: z.coerce.number().int().min(1),
  ITEM_DAYS: z.coerce.number().int().min(1),
});

export type WorkerSettings = z.infer<typeof workerSchema>;
export type DetectSettings = z.infer<typeof detectSchema>;

/** @throws ZodError naming the variables that are missing or malformed */
export const workerSettings = (): WorkerSettings => workerSchema.parse(process.env);
/** @throws ZodError naming the variables that are missing or malformed */
export const detectSettings = (): DetectSettings => detectSchema.parse(process.env);
