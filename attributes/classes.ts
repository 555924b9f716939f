import * as z from 'zod';
import { modelSchema } from '../vision/face.ts';
import type { Attribute } from './attribute.ts';
import { classAnswer } from './class-answer.ts';
import { classEvaluation } from './class-evaluation.ts';
import { classLearning, readClasses, roundProbability } from './class-learning.ts';
import { named } from './faces.ts';

/** What attributes have in common that sort faces into classes without an order. */

/** What makes such an attribute. */
export interface ClassesOptions<Name extends string, Class extends string> {
  readonly name: Name;
  /** The word for several: "genders". */
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

const capitalise = (word: string): string => word.charAt(0).toUpperCase() + word.slice(1);

/** Where all classes are equally likely, and the probability is rounded down. */
const leastConfidence = ({ length }: readonly string[]): number => Math.floor(1e4 / length) / 1e4;

/** Makes all of an attribute of its classes. */
export function classesAttribute<const Name extends string, const Class extends string>({
  name,
  plural,
  classes,
  titles,
  schema,
  spellings,
}: ClassesOptions<Name, Class>) {
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
  type Face = { readonly said?: { readonly [Each in Name]?: Answer | undefined } | undefined };

  const labelOf = (label: Label): Class | undefined => label[name];
  const saidOf = ({ said }: Face) => {
    const answer = said?.[name];
    return answer && { value: answer[name], confidence: answer.confidence };
  };
  const written = new Map(
    classes.flatMap((each) => [each.toLowerCase(), ...spellings[each]].map((text) => [text, each] as const)),
  );

  return {
    name,
    fields: named(name, result),
    correction: classSchema,
    answer: classAnswer(name, classSchema),
    readings: [{ output: z.literal(name) }],
    read(output: readonly number[], _reading: unknown, model: z.infer<typeof modelSchema>) {
      const { likeliest, confidence } = readClasses(classes, output);
      return named(name, { ...named(name, likeliest), confidence: roundProbability(confidence), model });
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
        return first && others.length === 0 ? `${name} is always ${first}` : undefined;
      },
    },
    learning: classLearning({ name, plural, classes, labelOf }),
    evaluation: {
      answer: result.omit({ model: true }),
      /** Share that is right, under the attribute's name. */
      measures: named(name, z.number().min(0).max(1).optional()),
      ...classEvaluation({ name, plural, classes, titles, measure: name, labelOf, saidOf }),
    },
  } as const satisfies Attribute;
}
