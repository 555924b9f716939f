import * as z from 'zod';
import { real } from '../../support/real.ts';
import { normalise } from '../cell.ts';

/**
 * What makes an attribute of a labelled column: data, kept with each model that tells it, where built-in attributes are
 * code.
 */

/** What stands for all own attributes together, where parts of an item are counted: one function tells them all. */
export const OWN = 'own';

// Control characters, line ends, what is invisible or turns text around. Named one by one, as the classes of Unicode grow.
const UNSEEN = String.raw`\u0000-\u001f\u007f-\u00a0\u200b-\u200f\u2028-\u202f\u2060-\u206f\ufeff`;

/** Name of a class, as labels write it: at most 40 characters in a line. One name is not kept as that of a field. */
const CLASS = new RegExp(`^(?!__proto__$)[^ ${UNSEEN}](?:[^${UNSEEN}]{0,38}[^ ${UNSEEN}])?$`, 'u');
export const classSchema = z
  .string()
  .regex(CLASS, 'at most 40 visible characters')
  .refine((text) => text.isWellFormed(), 'text')
  // JSON Schema knows patterns without flags.
  .meta({ pattern: CLASS.source });

/** Shows characters that can't be seen, or turn text around, by their numbers: "a\\u200db". */
export const showUnseen = (text: string): string =>
  text.replace(
    new RegExp(`[${UNSEEN}]`, 'gu'),
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );

/** More than these are no classes but free text. */
export const MAXIMUM_CLASSES = 24;

export const OWN_KINDS = ['classes', 'number'] as const;
export type OwnKind = (typeof OWN_KINDS)[number];

/** Two or more classes, in the order of a network's outputs. */
export const ownClassesSchema = z
  .array(classSchema)
  .min(2)
  .max(MAXIMUM_CLASSES)
  .readonly()
  .refine((classes) => new Set(classes.map(normalise)).size === classes.length, 'each class once')
  .meta({ uniqueItems: true });

/** Numbers of own attributes lie within these. */
export const boundSchema = real(-1_000_000_000, 1_000_000_000);

/** The least and the largest number there is. */
export const ownRangeSchema = z
  .tuple([boundSchema, boundSchema])
  .overwrite(([one, other]) => (one < other ? [one, other] : [other, one]))
  .readonly()
  .refine(([low, high]) => low < high, 'two different numbers')
  .meta({ minItems: 2, maxItems: 2, uniqueItems: true });

/** In items, commands, file names and keys. */
export const OWN_NAME = /^[a-z][a-z0-9_-]{0,31}$/;
export const ownNameSchema = z
  .string()
  .regex(OWN_NAME, 'at most 32 lower-case letters, digits, "_" and "-", a letter first');

export const ownDefinitionSchema = z.discriminatedUnion('kind', [
  z.object({ name: ownNameSchema, kind: z.literal('classes'), classes: ownClassesSchema }),
  z.object({ name: ownNameSchema, kind: z.literal('number'), range: ownRangeSchema }),
]);
export type OwnDefinition = z.infer<typeof ownDefinitionSchema>;
export type OwnClasses = Extract<OwnDefinition, { kind: 'classes' }>;
export type OwnNumber = Extract<OwnDefinition, { kind: 'number' }>;

/** What whoever trains may say of an attribute; the labels say the rest. */
export const ownOptionsSchema = z.strictObject({
  kind: z.enum(OWN_KINDS).optional(),
  classes: ownClassesSchema.optional(),
  range: ownRangeSchema.optional(),
});
export type OwnOptions = z.infer<typeof ownOptionsSchema>;

/** Names that mean something else in labels, items, requests or networks, beside the attributes of the list. */
export const RESERVED: ReadonlySet<string> = new Set([
  // Columns of labels.csv
  ...['file', 'subject', 'split', 'fold', 'x', 'y', 'width', 'height', 'checked', 'set'],
  // Fields of a face and of its estimates
  ...[
    'attributes',
    'box',
    'confidence',
    'consent',
    'face',
    'faces',
    'groups',
    'label',
    'landmarks',
    'quality',
  ],
  ...['labelledAt', 'model', 'probabilities', 'said', 'score', 'value'],
  // Columns of results
  ...['photo', 'status', 'faces_found', 'photo_width', 'photo_height', 'uploaded_at', 'completed_at'],
  ...['seconds', 'failure'],
  // What stands for all attributes, for all own ones, and for the network of the model layer
  ...['all', OWN, 'builtin', 'unknown'],
  // What every object of JavaScript has
  'constructor',
  // Layers of networks
  ...['chips', 'dropout', 'features', 'hidden', 'norm'],
]);
