import type { AnsweredFace } from './evaluation.ts';
import { averageOf, known } from './faces.ts';
import type { Label } from './label.ts';

/** A class, and how sure a model is of it. */
export interface SaidClass {
  readonly value: string;
  /** 0 to 1. */
  readonly confidence: number;
}

export interface ClassEvaluationOptions {
  readonly name: string;
  /** The word for several: "genders". */
  readonly plural: string;
  /** In the order of a network's outputs. */
  readonly classes: readonly string[];
  /** In words that need no other: "female". */
  readonly titles: Readonly<Record<string, string>>;
  /** Name of the share that is right among the measures. */
  readonly measure: string;
  labelOf(label: Label): string | undefined;
  saidOf(face: AnsweredFace): SaidClass | undefined;
}

/** How good models are at telling classes that have no order. */
export function classEvaluation({
  name,
  plural,
  classes,
  titles,
  measure,
  labelOf,
  saidOf,
}: ClassEvaluationOptions) {
  /** False without an answer; undefined without a label. */
  const isRight = (face: AnsweredFace): boolean | undefined => {
    const label = labelOf(face);
    return label === undefined ? undefined : saidOf(face)?.value === label;
  };
  const title = `Right ${name}`;
  const statistic = {
    ...{ name: measure, title, short: 'right %', column: `${name} %`, chart: `${title}, %` },
    ...({ unit: '%', more: true, margin: 'share' } as const),
    of(face: AnsweredFace) {
      const right = isRight(face);
      return right === undefined ? undefined : Number(right);
    },
  } as const;
  /** In reports: by their names. */
  const sorted = classes.toSorted();
  const titleOf = (each: string) => titles[each] ?? each;
  return {
    plural,
    measure: (faces: readonly AnsweredFace[]) =>
      averageOf(measure, faces.some(saidOf) ? known(faces, isRight) : []),
    figures: [statistic],
    notes: {},
    statistics: [statistic],
    classes: sorted,
    labelledClass: labelOf,
    saidClass: (face: AnsweredFace) => saidOf(face)?.value,
    groups: sorted.map(titleOf),
    groupOf(face: AnsweredFace) {
      const each = labelOf(face);
      return each && titleOf(each);
    },
    /** How confident a wrong answer is. */
    wrongness: (face: AnsweredFace) => (isRight(face) === false ? (saidOf(face)?.confidence ?? 0) : 0),
    describe: (face: AnsweredFace) =>
      `${saidOf(face)?.value} ${(100 * (saidOf(face)?.confidence ?? 0)).toFixed(0)} %, labelled ${labelOf(face)}`,
    drawing: {
      kind: 'classes',
      titles: { ...titles, '': `${name} not labelled` },
      valueOf: labelOf,
      certaintyOf(face: AnsweredFace) {
        const [right, confidence] = [isRight(face), saidOf(face)?.confidence];
        return right === undefined || confidence === undefined ? undefined : { right, confidence };
      },
    },
  } as const;
}
