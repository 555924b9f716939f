import * as z from 'zod';
import { modelSchema } from '../vision/face.ts';
import type { Attribute } from './attribute.ts';
import { classAnswer } from './class-answer.ts';
import { averageOf, known, named } from './faces.ts';

/** What attributes have in common that sort faces into classes without an order. */

/** What makes such an attribute. */
export interface ClassesOptions<Name extends string, Class extends string, BuiltIn extends boolean> {
  readonly name: Name;
  /** Whether every model layer brings a network that estimates it; by default none does. */
  readonly builtIn?: BuiltIn;
  /** Of several faces: "genders". */
  readonly plural: string;
  /** In the order of a network's outputs. */
  readonly classes: readonly [Class, Class, ...Class[]];
  /** In words that need no other: "female". */
  readonly titles: Readonly<Record<Class, string>>;
  /** How the API's description names and explains the classes, where it does. */
  readonly schema?: { readonly id: string; readonly description: string };
  /** How labels may write each class, in lower case, beside its own name. */
  readonly spellings: Readonly<Record<Class, readonly string[]>>;
}

const round = (probability: number): number => Number(probability.toFixed(4));

const capitalise = (word: string): string => word.charAt(0).toUpperCase() + word.slice(1);

/** Where all classes are equally likely, and the probability is rounded down. */
const leastConfidence = ({ length }: readonly string[]): number => Math.floor(1e4 / length) / 1e4;

/** Makes all of an attribute of its classes. */
export function classesAttribute<
  const Name extends string,
  const Class extends string,
  const BuiltIn extends boolean = false,
>({ name, builtIn, plural, classes, titles, schema, spellings }: ClassesOptions<Name, Class, BuiltIn>) {
  // With its type: `z.enum` would forget which classes there are.
  const plainSchema: z.ZodEnum<{ [Each in Class]: Each }> = z.enum(
    Object.fromEntries(classes.map((each) => [each, each])) as { [Each in Class]: Each },
  );
  const classSchema = schema ? plainSchema.meta(schema) : plainSchema;
  const result = z
    .object({
      ...named(name, classSchema),
      /** Probability of the class, at least as high as that of any other. */
      confidence: z.number().min(leastConfidence(classes)).max(1),
      model: modelSchema,
    })
    .meta({ id: capitalise(name) });

  type Label = { readonly [Each in Name]?: Class | undefined };
  type Answer = { readonly [Each in Name]: Class } & { readonly confidence: number };
  type Face = Label & { readonly said?: { readonly [Each in Name]?: Answer | undefined } | undefined };

  const labelOf = (label: Label): Class | undefined => label[name];
  const answerOf = ({ said }: Face): Answer | undefined => said?.[name];
  const classOf = (label: Label) => {
    const each = labelOf(label);
    return each === undefined ? -1 : classes.indexOf(each);
  };
  /** Of an answer that there is none of, false; undefined without a label. */
  const isRight = (face: Face): boolean | undefined =>
    labelOf(face) === undefined ? undefined : answerOf(face)?.[name] === labelOf(face);
  const written = new Map(
    classes.flatMap((each) => [each.toLowerCase(), ...spellings[each]].map((text) => [text, each] as const)),
  );
  const title = `Right ${name}`;
  const statistic = {
    ...{ name, title, short: 'right %', column: `${name} %`, chart: `${title}, %` },
    ...({ unit: '%', more: true, margin: 'share' } as const),
    of(face: Face) {
      const right = isRight(face);
      return right === undefined ? undefined : Number(right);
    },
  } as const;
  /** In reports: by their names. */
  const sorted = classes.toSorted();

  return {
    name,
    builtIn: (builtIn ?? false) as BuiltIn,
    fields: named(name, result),
    correction: classSchema,
    answer: classAnswer(name, classSchema),
    readings: [{ output: z.literal(name) }],
    /** @param output a probability for each class; of two, that of the first is enough */
    read(output: readonly number[], _reading: unknown, model: z.infer<typeof modelSchema>) {
      const [first = Number.NaN] = output;
      const probabilities = classes.length === 2 ? [first, 1 - first] : output;
      const confidence = Math.max(...probabilities);
      const likeliest = classes[probabilities.indexOf(confidence)];
      if (likeliest === undefined || probabilities.length !== classes.length) {
        throw new Error(`Expected probabilities of ${classes.join(', ')} but received ${output.join(', ')}.`);
      }
      const answer = { ...named(name, likeliest), confidence: round(confidence), model };
      return named(name, answer);
    },
    label: {
      fields: named(name, classSchema.optional()),
      expected: `${classes.slice(0, -1).join(', ')} or ${classes.at(-1)}`,
      problems: {},
      parse(text: string) {
        const each = written.get(text.toLowerCase());
        return each === undefined ? undefined : named(name, each);
      },
      format: labelOf,
      correct: (correction: Class) => named(name, correction),
      complain: () => undefined,
      describe: labelOf,
      findOneClass(labels: readonly Label[]) {
        const [first, ...others] = new Set(labels.flatMap((label) => labelOf(label) ?? []));
        return first && others.length === 0 ? `${name} is ${first} in all` : undefined;
      },
    },
    learning: {
      outputs: [name],
      units: () => classes.length,
      isLabelled: (label: Label) => labelOf(label) !== undefined,
      target: (label: Label) => Float32Array.from(classes, (_, index) => Number(index === classOf(label))),
      classes,
      wording: { one: name, several: plural },
      ordered: false,
      classOf,
      samplingClassOf: classOf,
      judge(probabilities: readonly number[], label: Label) {
        const isRight = probabilities.indexOf(Math.max(...probabilities)) === classOf(label);
        return { off: isRight ? 0 : Number.POSITIVE_INFINITY };
      },
    },
    evaluation: {
      answer: result.omit({ model: true }),
      plural,
      /** Share that is right, under the attribute's name. */
      measures: named(name, z.number().min(0).max(1).optional()),
      measure: (faces: readonly Face[]) => averageOf(name, faces.some(answerOf) ? known(faces, isRight) : []),
      figures: [statistic],
      notes: {},
      statistics: [statistic],
      classes: sorted,
      labelledClass: labelOf,
      saidClass: (face: Face) => answerOf(face)?.[name],
      groups: sorted.map((each) => titles[each]),
      groupOf(face: Face) {
        const each = labelOf(face);
        return each && titles[each];
      },
      /** How confident a wrong answer is. */
      wrongness: (face: Face) => (isRight(face) === false ? (answerOf(face)?.confidence ?? 0) : 0),
      describe: (face: Face) =>
        `${answerOf(face)?.[name]} ${(100 * (answerOf(face)?.confidence ?? 0)).toFixed(0)} %, labelled ${labelOf(face)}`,
      drawing: {
        kind: 'classes',
        titles: { ...titles, unknown: `${name} not labelled` },
        valueOf: labelOf,
        certaintyOf(face: Face) {
          const [right, confidence] = [isRight(face), answerOf(face)?.confidence];
          return right === undefined || confidence === undefined ? undefined : { right, confidence };
        },
      },
    },
  } as const satisfies Attribute;
}
