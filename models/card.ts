import * as z from 'zod';
import { compose } from '../attributes/compose.ts';
import { ATTRIBUTE_NAMES, ATTRIBUTES, isAttribute, type Task } from '../attributes/list.ts';
import { OWN_MEASURES, OWN_READINGS } from '../attributes/own/attribute.ts';
import { ownDefinitionSchema, ownNameSchema } from '../attributes/own/definition.ts';
import { usualViews } from '../vision/chip-spec.ts';

/** Names what a network can be asked for: an attribute of the list, or an own one. */
export const taskNameSchema = z.union([z.enum(ATTRIBUTE_NAMES), ownNameSchema]);

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
  ...OWN_MEASURES,
});
export type Measures = z.infer<typeof measuresSchema>;

export const fileSchema = z.object({
  bytes: count,
  /** Hash of its content, in hexadecimal digits. */
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
});
export type FileFacts = z.infer<typeof fileSchema>;

/** The files beside the card of a version. */
const filesSchema = z.object({
  /** What is served. */
  'model.onnx': fileSchema,
  /** Frozen layers that come before it, and may come before others: what they make of chips is its input. */
  'trunk.onnx': fileSchema.optional(),
  /** The same network as a TensorFlow.js layers model. */
  'model.json': fileSchema.optional(),
  'weights.bin': fileSchema.optional(),
  'report.json': fileSchema.optional(),
  'report.html': fileSchema.optional(),
});
export type ModelFile = keyof z.infer<typeof filesSchema>;
export const MODEL_FILES = filesSchema.keyof().options;

const side = z.int().min(16).max(1024);

/** More looks than any network takes at a face: each is cut out of every face of every photo. */
const MOST_VIEWS = 32;

const offset = z.number().min(-1).max(1);

const viewSchema = z.object({
  /** Side of the square, in sizes of the face. */
  extent: z.number().min(0.2).max(5),
  /** How far its middle lies off the face's, across and down, in sides of the square. */
  shift: z.tuple([offset, offset]).readonly().optional(),
  mirrored: z.boolean().optional(),
});

export const commonSchema = z.object({
  /** Which network it is: `levi-hassner`, `transfer` … */
  name: z.string().min(1).max(64),
  version: versionSchema,
  /** The input `chips` is n × side × side × 3 bytes RGB, cut aligned. */
  input: z.object({ side }),
  /** Where the network looks at a face; what it says is averaged over them. */
  views: z.array(viewSchema).min(1).max(MOST_VIEWS).readonly(),
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

type Shape = Readonly<Record<string, z.ZodType>>;

/** A card of each of an attribute's readings. */
type CardOf<Each> = Each extends {
  readonly name: infer Name;
  readonly readings: readonly (infer Fields extends Shape)[];
}
  ? Fields extends unknown
    ? z.infer<typeof commonSchema> & { readonly task: Name } & z.infer<z.ZodObject<Fields>>
    : never
  : never;

const own = {
  /** The attribute's name. */
  task: ownNameSchema,
  /** What the attribute is, which no code knows. */
  definition: ownDefinitionSchema,
};

/** The same of an own attribute. */
type OwnCardOf<Fields> = Fields extends Shape
  ? z.infer<typeof commonSchema> & z.infer<z.ZodObject<typeof own>> & z.infer<z.ZodObject<Fields>>
  : never;
export type OwnCard = OwnCardOf<(typeof OWN_READINGS)[number]>;
export type BuiltInCard = CardOf<(typeof ATTRIBUTES)[number]>;

/** What is known of a model: which network it is, how it is read, and where it comes from. */
export type ModelCard = BuiltInCard | OwnCard;

/** What a model tells. */
export const taskOf = (card: ModelCard): Task => ('definition' in card ? card.definition : card.task);

const cardSchemas = ATTRIBUTES.map(({ name, readings }) => {
  const [first, ...others] = readings.map((reading: Shape) =>
    commonSchema.extend({ task: z.literal(name), ...reading }),
  );
  if (!first) throw new Error(`Expected a reading of ${name} but there is none.`);
  return others.length === 0 ? first : z.discriminatedUnion('output', [first, ...others]);
});

const ownCardSchema = z
  .discriminatedUnion('output', [
    commonSchema.extend({ ...own, ...OWN_READINGS[0] }),
    commonSchema.extend({ ...own, ...OWN_READINGS[1] }),
  ])
  // Its estimates would take the place of the attribute's, which are others.
  .refine(({ task }) => !isAttribute(task), 'an attribute of your own with the name of one that is built in')
  .refine(({ task, definition }) => task === definition.name, 'the definition of another attribute')
  .refine(({ output, definition }) => output === definition.kind, 'a reading of another kind of attribute');

const listedCardSchema = z.discriminatedUnion(
  'task',
  cardSchemas as unknown as [(typeof cardSchemas)[number]],
);
const ownSchema = z.looseObject({ definition: z.unknown().refine((definition) => definition !== undefined) });

/**
 * Everything that must be known of a network to serve it, and where it comes from. Cards of earlier versions name the
 * usual views by their number.
 */
export const modelCardSchema = z.preprocess(
  spellOutViews,
  z.unknown().transform((card, context) => {
    const schema: z.ZodType = ownSchema.safeParse(card).success ? ownCardSchema : listedCardSchema;
    const { success, data, error } = schema.safeParse(card);
    if (success) return data;
    // Issues of the one schema that is meant: a union would name none.
    for (const issue of error.issues) context.addIssue({ ...issue, code: 'custom' });
    return z.NEVER;
  }),
) as unknown as z.ZodType<ModelCard>;

const formerSchema = z.looseObject({
  input: z.object({ side, extent: z.number().positive() }),
  crops: z.literal([1, 2, 10]),
});

function spellOutViews(card: unknown): unknown {
  const { success, data } = formerSchema.safeParse(card);
  if (!success) return card;
  const { crops, input, ...rest } = data;
  return { ...rest, input: { side: input.side }, views: usualViews(input.extent, crops) };
}

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
