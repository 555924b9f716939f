import { z } from 'zod';

/**
 * Everything a user can set, in one place, with its default. Set a value with CDK context:
 * `npm run deploy -- -c maximumFaces=20`, or under `context` in `cdk.json`.
 */
const whole = (minimum: number, maximum: number) => z.coerce.number().int().min(minimum).max(maximum);
const flag = z.union([z.boolean(), z.enum(['true', 'false']).transform((text) => text === 'true')]);
/** Lambda gives one vCPU per 1,769 MB. */
const memory = whole(512, 10_240);

export const configSchema = z.strictObject({
  /** CloudFormation stack name. */
  stackName: z.string().regex(/^[A-Za-z][A-Za-z0-9-]{0,60}$/).default('facedrop'),
  /** Inference engine of the model layer. */
  engine: z.enum(['onnx', 'tfjs']).default('onnx'),
  /** Instruction set of the functions; the TensorFlow layer exists for x86_64 only. */
  architecture: z.enum(['arm64', 'x86_64']).default('arm64'),

  /** Least confidence, 0 to 1, at which the detector's find counts as a face. */
  minimumConfidence: z.coerce.number().gt(0).lt(1).default(0.35),
  /** At most this many faces are kept per photo, the largest ones. */
  maximumFaces: whole(1, 100).default(100),
  /** Larger files are refused. */
  maximumBytes: whole(1, 100_000_000).default(30_000_000),
  /** Images with more pixels are refused before they are decoded. */
  maximumPixels: whole(1, 268_000_000).default(64_000_000),
  /** Crops per face whose estimates are averaged: 1, 2 (mirrored), or 4 (two scales, mirrored). */
  crops: z.coerce.number().pipe(z.union([z.literal(1), z.literal(2), z.literal(4)])).default(4),

  /** Items are deleted this many days after their analysis. */
  itemDays: whole(1, 3650).default(90),
  /** Photos are deleted this many days after their upload; 0 keeps them. */
  photoDays: whole(0, 3650).default(0),
  logDays: whole(1, 3653).default(30),
  /** Whether `npm run destroy` takes the photos and items along or leaves them in the account. */
  removalPolicy: z.enum(['retain', 'destroy']).default('retain'),

  /** Tries before a photo is given up and its message goes to the dead-letter queue. */
  maximumTries: whole(1, 20).default(3),
  /** Photos per invocation. */
  batchSize: whole(1, 10).default(5),
  /** Invocations of each function side by side. */
  maximumConcurrency: whole(2, 1000).default(10),
  /** Function time-outs, in seconds; the queues' visibility time-outs follow from them. */
  timeout: whole(5, 900).default(60),
  detectMemory: memory.default(1769),
  ageMemory: memory.default(1769),
  genderMemory: memory.default(1769),

  /** E-mail address that alarms go to. */
  alarmEmail: z.email().optional(),
  /** Trace every photo with AWS X-Ray. */
  tracing: flag.default(true),
});
export type Config = z.infer<typeof configSchema>;
