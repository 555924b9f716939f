import * as z from 'zod';
import { compose } from '../attributes/compose.ts';
import { ATTRIBUTE_NAMES, ATTRIBUTES, type AttributeName } from '../attributes/list.ts';

/** What a network is asked for. */
export const TASKS = ATTRIBUTE_NAMES;
export const taskSchema = z.enum(TASKS);
export type Task = AttributeName;

/** Stands for the network of the model layer, which is in service while no trained one is. */
export const BUILTIN = 'builtin';

/** A version is part of keys and paths: letters, digits, dots, hyphens and underscores. */
export const versionSchema = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,79}$/)
  .refine((version) => version !== BUILTIN, `"${BUILTIN}" stands for the network of the model layer.`);

/** What can be in service. */
export const liveVersionSchema = z.union([z.literal(BUILTIN), versionSchema]);

const share = z.number().min(0).max(1);
const count = z.int().min(0);

/**
 * The usual figures on labelled faces; each is absent when the network does not say it. Shares are from 0 to 1.
 */
export const measuresSchema = z.object({
  /** How many faces they were measured on. */
  faces: count,
  /** Share of the faces that there was an answer for: a face was found. */
  found: share.optional(),
  ...compose(ATTRIBUTES.map(({ evaluation }) => evaluation.measures)),
});
export type Measures = z.infer<typeof measuresSchema>;

const margin = z.number().min(-100).max(100);

/**
 * How the 80 % interval of an age is read off a distribution: from its quantile `lower` to its quantile `upper`,
 * both moved outwards by `margin` times what lies between them (inwards when it is negative). The margin is what
 * made the intervals of the validation faces hold (`attributes/age/intervals.ts`).
 */
export const intervalSchema = z.object({
  lower: share,
  upper: share,
  margin,
  /** Margins of their own for those whose estimated age, the median, is at least `from` years; in this order. */
  bands: z.array(z.object({ from: z.number().min(0), margin })).optional(),
  /** Validation faces that the margin was learned from. */
  faces: count,
});
export type IntervalCalibration = z.infer<typeof intervalSchema>;

export const fileSchema = z.object({
  bytes: count,
  /** Of its content, in hexadecimal digits. */
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
});
export type FileFacts = z.infer<typeof fileSchema>;

/** The files beside the card of a version. `model.onnx` is the one that is served. */
const filesSchema = z.object({
  'model.onnx': fileSchema,
  /** The same network as a TensorFlow.js layers model. */
  'model.json': fileSchema.optional(),
  'weights.bin': fileSchema.optional(),
  'report.json': fileSchema.optional(),
  'report.html': fileSchema.optional(),
});
export type ModelFile = keyof z.infer<typeof filesSchema>;
export const MODEL_FILES = filesSchema.keyof().options;

const commonSchema = z.object({
  /** Which network it is: `levi-hassner`, `transfer` … */
  name: z.string().min(1).max(64),
  version: versionSchema,
  /**
   * The input `chips` is n × side × side × 3 bytes RGB, cut aligned; `extent` is the side of the square in
   * units of the face's size.
   */
  input: z.object({ side: z.int().min(16).max(1024), extent: z.number().positive() }),
  /** Views averaged per face: the centre; with its mirror image; with the corners, too, all mirrored as well. */
  crops: z.literal([1, 2, 10]),
  files: filesSchema,
  trainedOn: z.object({
    /** Name of the data set, and the hash of what was prepared from it. */
    data: z.string(),
    hash: z.string().optional(),
    /** Id of the training. */
    training: z.string().optional(),
    faces: z.object({ train: count, validation: count, test: count }),
  }),
  /** On the test faces, read as the card says. */
  metrics: measuresSchema,
  /** How it compared, on the same faces, with the version that was in service when it was trained. */
  verdict: z
    .object({ against: liveVersionSchema, promote: z.boolean(), reasons: z.array(z.string()) })
    .optional(),
  createdAt: z.iso.datetime(),
});

const ageCardSchema = commonSchema.extend({
  task: z.literal('age'),
  /** What the output's probabilities are of: the years 0 to 100, or the eight `AGE_GROUPS`. */
  output: z.enum(['years', 'groups']),
  /** Which number of years stands for the distribution. */
  estimate: z.enum(['median', 'expectation']),
  interval: intervalSchema,
  /** How frequent each year from 0 to 100 is, where the output is groups: spreads a group over its years. */
  ages: z.array(share).length(101).optional(),
});

const genderCardSchema = commonSchema.extend({
  task: z.literal('gender'),
  /** The output's probabilities are of male and female. */
  output: z.literal('gender'),
});

/**
 * Everything that must be known of a trained network to serve it, and where it comes from. An age's card is
 * what `readAge` reads its probabilities by.
 */
export const modelCardSchema = z.discriminatedUnion('task', [ageCardSchema, genderCardSchema]);
export type ModelCard = z.infer<typeof modelCardSchema>;
export type AgeCard = z.infer<typeof ageCardSchema>;
export type GenderCard = z.infer<typeof genderCardSchema>;

const switchSchema = z.object({
  version: liveVersionSchema,
  action: z.enum(['promote', 'rollback']),
  at: z.iso.datetime(),
  why: z.string(),
});

/** `models/TASK/live.json`: which version is in service. Where there is none, the network of the model layer is. */
export const livePointerSchema = z.object({
  version: switchSchema.shape.version,
  /** What a rollback goes back to. */
  previous: switchSchema.shape.version,
  promotedAt: switchSchema.shape.at,
  why: switchSchema.shape.why,
  /** Every switch, the latest first. */
  history: z.array(switchSchema),
});
export type LivePointer = z.infer<typeof livePointerSchema>;
export type Switch = z.infer<typeof switchSchema>;
