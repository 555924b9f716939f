import * as z from 'zod';
import type { Attribute, Part } from './attribute.ts';
import type { Intersection } from './compose.ts';
import type { Corrections, Face } from './face.ts';
import { FACTS } from './facts.ts';
import { ATTRIBUTES, WORDS } from './list.ts';
import { ownResultsSchema } from './own/result.ts';
import { enumerate } from './words.ts';

/** What clients of the API get of all attributes, and what they send of them. */

const attributes: readonly Attribute[] = ATTRIBUTES;

type Each = (typeof ATTRIBUTES)[number];
type AnswerOf<One extends Each> = One extends { readonly answer: infer Own } ? Own : unknown;
/** What wasn't wanted is missing. */
type Partially<Shape> = {
  readonly [Name in keyof Shape]: Shape[Name] extends z.ZodType ? z.ZodOptional<Shape[Name]> : never;
};
type FieldsOf<One extends Each> = One extends Each
  ? Partially<
      AnswerOf<One> extends { readonly fields: infer Own }
        ? Omit<One['fields'], keyof Own> & Own
        : One['fields']
    >
  : never;
type ShortcutOf<One extends Each> = One extends Each
  ? AnswerOf<One> extends { readonly shortcut: infer Own }
    ? Partially<Own>
    : unknown
  : never;
type Fields = Intersection<FieldsOf<Each>>;
type Shortcut = Intersection<ShortcutOf<Each>>;

/** The fields of a face, some of which may be left out. */
export const answerFields = inOrder<Fields>(
  Object.assign({}, ...attributes.map(({ fields, answer }) => partially({ ...fields, ...answer?.fields }))),
);

/** Own attributes, which the registry alone knows. */
export const ownAnswer = ownResultsSchema
  .optional()
  .describe('Attributes that the operator trained, by name');

/** What the answer says of the largest face, beside the list of all. */
export const shortcutFields = inOrder<Shortcut>(
  Object.assign({}, ...attributes.map(({ answer }) => partially(answer?.shortcut ?? {}))),
);

export const toShortcut = (face: Face): z.infer<z.ZodObject<Shortcut>> =>
  Object.assign({}, ...attributes.filter(isTold(face)).map(({ answer }) => answer?.shorten?.(face)));

/** "all age groups" */
export const PROBABILITIES = attributes.flatMap(({ answer }) => answer?.probabilities?.of ?? []);

export const withoutProbabilities = <One extends Face>(face: One): One & z.infer<z.ZodObject<Fields>> =>
  Object.assign(
    { ...face },
    ...attributes.filter(isTold(face)).map(({ answer }) => answer?.probabilities?.leaveOut(face)),
  );

/** What a client may send, of at least one of them. */
export const correctionFields: z.ZodObject<Corrections>['shape'] = Object.assign(
  {},
  ...attributes.map(({ name, correction, answer }) => ({ [name]: answer?.correction?.schema ?? correction })),
);

/** What the first one expects when there is none at all: "a number from 0 to 120 unless there is a gender". */
export const CORRECTION_EXPECTED = [
  attributes[0]?.answer?.correction?.expected ?? 'a value',
  enumerate(
    WORDS.slice(1).map(({ correction }) => correction.noun.en),
    ', ',
    ' or ',
  ),
]
  .filter(Boolean)
  .join(' unless there is ');

function partially(shape: z.ZodRawShape): z.ZodRawShape {
  return z.object(shape).partial().shape;
}

const isTold =
  (face: Part) =>
  ({ fields }: Attribute): boolean =>
    Object.keys(fields).every((field) => face[field] !== undefined);

/** In the order of their facts. */
function inOrder<Shape>(shape: Shape & z.ZodRawShape): Shape {
  const told = FACTS.filter(({ field }) => field in shape);
  return { ...Object.fromEntries(told.map(({ field }) => [field, shape[field]])), ...shape };
}
