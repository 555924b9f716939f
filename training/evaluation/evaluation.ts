import { mean } from 'd3-array';
import type { AttributeEvaluation, ClassesDrawing, NumberDrawing } from '../../attributes/evaluation.ts';
import { attributeOf, attributesWith, type Task } from '../../attributes/list.ts';
import type { Measures } from '../../models/card.ts';
import type { JudgedFace } from './answer.ts';
import { type Group, splitIntoGroups } from './groups.ts';
import { measureFaces } from './measures.ts';

/** How often each label was given each answer: `counts[label][answer]`, both in the order of `classes`. */
export interface ConfusionMatrix {
  readonly classes: readonly string[];
  readonly counts: readonly (readonly number[])[];
}

/** The errors of one range of labelled numbers, in their unit. */
export interface RangeErrors {
  /** Where the range begins; all are as wide as each other. */
  readonly from: number;
  readonly faces: number;
  readonly meanAbsoluteError: number;
  /** Mean of answer less label: positive where more is said than is right. */
  readonly bias: number;
}

/** Answers of similar confidence, and how many of them are right. */
export interface Reliability {
  readonly faces: number;
  /** Means, 0 to 1. */
  readonly confidence: number;
  readonly right: number;
}

/** Everything that is reported of a model on labelled faces. */
export interface Evaluation {
  readonly task: Task;
  readonly overall: Measures;
  readonly groups: readonly { readonly group: Group; readonly measures: Measures }[];
  readonly confusion: ConfusionMatrix;
  /** Only of numbers. */
  readonly errors?: readonly RangeErrors[];
  /** Only of classes: by confidence, in steps of 0.1. */
  readonly reliability?: readonly Reliability[];
  /** The faces that the model is most wrong about, worst first. */
  readonly worst: readonly JudgedFace[];
}

/** @param worst how many of the worst errors to keep */
export function evaluate(task: Task, faces: readonly JudgedFace[], worst = 24): Evaluation {
  const attributes = attributesWith(task);
  const { evaluation } = attributeOf(task);
  const { drawing } = evaluation;
  return {
    task,
    overall: measureFaces(faces, attributes),
    groups: splitIntoGroups(faces, attributes).map(({ group, faces }) => ({
      group,
      measures: measureFaces(faces, attributes),
    })),
    confusion: confuse(evaluation, faces),
    ...(drawing.kind === 'number'
      ? { errors: rangeErrors(drawing, faces) }
      : { reliability: reliabilityOf(drawing, faces) }),
    worst: worstOf(evaluation, faces).slice(0, worst),
  };
}

/** Counts the faces that have both a label and an answer. */
function confuse(evaluation: AttributeEvaluation, faces: readonly JudgedFace[]): ConfusionMatrix {
  const { classes } = evaluation;
  const counts = classes.map(() => classes.map(() => 0));
  for (const face of faces) {
    const row = counts[classes.indexOf(evaluation.labelledClass(face) ?? '')];
    const column = classes.indexOf(evaluation.saidClass(face) ?? '');
    if (row && column >= 0) row[column] = (row[column] ?? 0) + 1;
  }
  return { classes, counts };
}

/** Where the range begins that a number lies in. */
export function rangeOf(value: number, least: number, step: number): number {
  // A number at a border may be a rounding error below it.
  const index = Math.floor((value - least) / step + 1e-9);
  return Number((least + index * step).toPrecision(12));
}

export function rangeErrors(drawing: NumberDrawing, faces: readonly JudgedFace[]): RangeErrors[] {
  const { least, step } = drawing;
  const known = faces.flatMap((face) => {
    const [error, value] = [drawing.errorOf(face), drawing.valueOf(face)];
    return error === undefined || value === undefined ? [] : [{ value, error }];
  });
  return [...Map.groupBy(known, ({ value }) => rangeOf(value, least, step))]
    .sort(([one], [other]) => one - other)
    .map(([from, part]) => ({
      from,
      faces: part.length,
      meanAbsoluteError: mean(part, ({ error }) => Math.abs(error)) ?? 0,
      bias: mean(part, ({ error }) => error) ?? 0,
    }));
}

function reliabilityOf(drawing: ClassesDrawing, faces: readonly JudgedFace[]): Reliability[] {
  const known = faces.flatMap((face) => drawing.certaintyOf(face) ?? []);
  return [...Map.groupBy(known, ({ confidence }) => Math.min(9, Math.floor(confidence * 10)))]
    .sort(([one], [other]) => one - other)
    .map(([, part]) => ({
      faces: part.length,
      confidence: mean(part, ({ confidence }) => confidence) ?? 0,
      right: mean(part, ({ right }) => Number(right)) ?? 0,
    }));
}

const worstOf = (evaluation: AttributeEvaluation, faces: readonly JudgedFace[]): JudgedFace[] =>
  faces
    .map((face) => ({ face, wrongness: evaluation.wrongness(face) }))
    .filter(({ wrongness }) => wrongness > 0)
    .sort((one, other) => other.wrongness - one.wrongness || (one.face.face < other.face.face ? -1 : 1))
    .map(({ face }) => face);
