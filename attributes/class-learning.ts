import type { Label } from './label.ts';

export interface ClassLearningOptions<Class extends string> {
  readonly name: string;
  /** The word for several: "genders". */
  readonly plural: string;
  /** In the order of a network's outputs. */
  readonly classes: readonly Class[];
  /** The class that is labelled. */
  labelOf(label: Label): Class | undefined;
}

/** How classes without an order are learned: as a probability for each. */
export function classLearning<const Name extends string, Class extends string>({
  name,
  plural,
  classes,
  labelOf,
}: ClassLearningOptions<Class> & { readonly name: Name }) {
  const classOf = (label: Label) => {
    const each = labelOf(label);
    return each === undefined ? -1 : classes.indexOf(each);
  };
  return {
    outputs: [name] as readonly Name[],
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
  };
}

/** @param output a probability for each class; of two, that of the first is enough */
export function readClasses<Class extends string>(
  classes: readonly Class[],
  output: readonly number[],
): { likeliest: Class; confidence: number; probabilities: readonly number[] } {
  const [first = Number.NaN] = output;
  const probabilities = classes.length === 2 ? [first, 1 - first] : output;
  const confidence = Math.max(...probabilities);
  const likeliest = classes[probabilities.indexOf(confidence)];
  if (likeliest === undefined || probabilities.length !== classes.length) {
    throw new Error(`Expected probabilities of ${classes.join(', ')} but received ${output.join(', ')}.`);
  }
  return { likeliest, confidence, probabilities };
}

export const roundProbability = (probability: number): number => Number(probability.toFixed(4));
