import * as z from 'zod';

/** What a network is asked for. */
export const TASKS = ['age', 'gender'] as const;
export const taskSchema = z.enum(TASKS);
export type Task = z.infer<typeof taskSchema>;

/** Stands for the network of the model layer, which is in service while no trained one is. */
export const BUILTIN = 'builtin';

/** A version is part of keys and paths: letters, digits, dots and hyphens. */
export const versionSchema = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9.-]{0,63}$/)
  .refine((version) => version !== BUILTIN, `"${BUILTIN}" stands for the network of the model layer.`);

/** What a network's output is: probabilities of the years 0 to 100, of the eight `AGE_GROUPS`, or of male and female. */
export const OUTPUTS = { years: 101, groups: 8, gender: 2 } as const;
export const outputSchema = z.enum(['years', 'groups', 'gender']);
export type OutputKind = z.infer<typeof outputSchema>;

const share = z.number().min(0).max(1);
const count = z.int().min(0);

/**
 * The usual figures on labelled faces; each is absent when the network does not say it. Shares are from 0 to 1.
 */
export const measuresSchema = z.object({
  /** How many faces they were measured on. */
  faces: count,
  /** Mean absolute error of the age, in years. */
  meanAbsoluteError: z.number().min(0).optional(),
  /** Share whose age group is right. */
  exact: share.optional(),
  /** Share whose age group is right or next to it. */
  oneOff: share.optional(),
  /** Share whose age lies in the 80 % interval. */
  covered: share.optional(),
  /** Share whose gender is right. */
  gender: share.optional(),
});
export type Measures = z.infer<typeof measuresSchema>;

/**
 * How the 80 % interval of an age is read off a distribution: from its quantile `lower` to its quantile `upper`,
 * both moved outwards by `margin` years (inwards when it is negative). The margin is what made the intervals of
 * the validation faces hold (conformalised quantile regression: Romano, Patterson and Candès 2019).
 */
export const intervalSchema = z.object({
  lower: share,
  upper: share,
  margin: z.number().min(-100).max(100),
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

/** Everything that must be known of a trained network to serve it, and where it comes from. */
export const modelCardSchema = z
  .object({
    task: taskSchema,
    /** Which network it is: `levi-hassner`, `transfer` … */
    name: z.string().min(1).max(64),
    version: versionSchema,
    /**
     * The input `chips` is n × side × side × 3 bytes RGB, cut aligned; `extent` is the side of the square in
     * units of the face's size.
     */
    input: z.object({ side: z.int().min(16).max(1024), extent: z.number().positive() }),
    output: outputSchema,
    /** Crops averaged per face: one, two (the second mirrored), four (two extents, each also mirrored). */
    crops: z.literal([1, 2, 4]),
    /** How one number of years is made of the distribution; only of ages. */
    estimate: z.enum(['median', 'expectation']).optional(),
    /** Only of ages. */
    interval: intervalSchema.optional(),
    files: filesSchema,
    trainedOn: z.object({
      /** Name of the data set, and the hash of what was prepared from it. */
      data: z.string(),
      hash: z.string().optional(),
      /** Id of the training. */
      training: z.string().optional(),
      faces: z.object({ train: count, validation: count, test: count }),
    }),
    /** On the test faces, with `crops`, `estimate` and `interval` as above. */
    metrics: measuresSchema,
    createdAt: z.iso.datetime(),
  })
  .refine(({ task, output }) => (task === 'gender') === (output === 'gender'), {
    path: ['output'],
    error: 'Expected "years" or "groups" for an age and "gender" for a gender.',
  })
  .refine(({ task, estimate, interval }) => task === 'gender' || (estimate && interval), {
    path: ['interval'],
    error: 'Expected "estimate" and "interval" for an age.',
  });
export type ModelCard = z.infer<typeof modelCardSchema>;

const switchSchema = z.object({
  version: z.union([z.literal(BUILTIN), versionSchema]),
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
