import { mean } from 'd3-array';
import { ageGroupOf } from '../../attributes/age/group.ts';
import { AGE_GROUPS } from '../../attributes/age/result.ts';
import type { Measures, Task } from '../../models/card.ts';
import { ageError, genderIsRight, type JudgedFace } from './answer.ts';
import { type Group, splitIntoGroups } from './groups.ts';
import { judge } from './measures.ts';

/** How often each label was given each answer: `counts[label][answer]`, both in the order of `classes`. */
export interface ConfusionMatrix {
  readonly classes: readonly string[];
  readonly counts: readonly (readonly number[])[];
}

/** The errors of one decade of labelled ages, in years. */
export interface AgeErrors {
  /** Ages from this one, ten years of them. */
  readonly from: number;
  readonly faces: number;
  readonly meanAbsoluteError: number;
  /** Mean of answer less label: positive where people are taken for older than they are. */
  readonly bias: number;
}

/** Answers of similar confidence, and how many of them are right. */
export interface Reliability {
  readonly faces: number;
  /** Means, 0 to 1. */
  readonly confidence: number;
  readonly right: number;
}

/** Everything that is told of a model on labelled faces. */
export interface Evaluation {
  readonly task: Task;
  readonly overall: Measures;
  readonly groups: readonly { readonly group: Group; readonly measures: Measures }[];
  readonly confusion: ConfusionMatrix;
  /** Only of ages. */
  readonly errorsByAge?: readonly AgeErrors[];
  /** Only of genders: by confidence from 0.5 to 1, in steps of 0.1. */
  readonly reliability?: readonly Reliability[];
  /** The faces that the model is most wrong about, worst first. */
  readonly worst: readonly JudgedFace[];
}

/** @param worst how many of the worst errors to keep */
export function evaluate(task: Task, faces: readonly JudgedFace[], worst = 24): Evaluation {
  return {
    task,
    overall: judge(faces),
    groups: splitIntoGroups(faces).map(({ group, faces }) => ({ group, measures: judge(faces) })),
    confusion: confuse(task, faces),
    ...(task === 'age' ? { errorsByAge: errorsByAge(faces) } : { reliability: reliabilityOf(faces) }),
    worst: worstOf(task, faces).slice(0, worst),
  };
}

/** Of the faces with a label and an answer. */
export function confuse(task: Task, faces: readonly JudgedFace[]): ConfusionMatrix {
  const classes: readonly string[] = task === 'age' ? AGE_GROUPS : ['F', 'M'];
  const counts = classes.map(() => classes.map(() => 0));
  for (const { age, gender, said } of faces) {
    const [label, answer] =
      task === 'age'
        ? [age === undefined ? undefined : ageGroupOf(age), said?.age?.group]
        : [gender, said?.gender?.gender];
    const row = counts[classes.indexOf(label ?? '')];
    const column = classes.indexOf(answer ?? '');
    if (row && column >= 0) row[column] = (row[column] ?? 0) + 1;
  }
  return { classes, counts };
}

export function errorsByAge(faces: readonly JudgedFace[]): AgeErrors[] {
  const known = faces.flatMap((face) => {
    const error = ageError(face);
    return error === undefined || face.age === undefined ? [] : [{ age: face.age, error }];
  });
  return [...Map.groupBy(known, ({ age }) => 10 * Math.floor(age / 10))]
    .sort(([one], [other]) => one - other)
    .map(([from, part]) => ({
      from,
      faces: part.length,
      meanAbsoluteError: mean(part, ({ error }) => Math.abs(error)) ?? 0,
      bias: mean(part, ({ error }) => error) ?? 0,
    }));
}

function reliabilityOf(faces: readonly JudgedFace[]): Reliability[] {
  const known = faces.flatMap((face) => {
    const right = genderIsRight(face);
    const confidence = face.said?.gender?.confidence;
    return right === undefined || confidence === undefined ? [] : [{ right, confidence }];
  });
  return [...Map.groupBy(known, ({ confidence }) => Math.min(9, Math.floor(confidence * 10)))]
    .sort(([one], [other]) => one - other)
    .map(([, part]) => ({
      faces: part.length,
      confidence: mean(part, ({ confidence }) => confidence) ?? 0,
      right: mean(part, ({ right }) => Number(right)) ?? 0,
    }));
}

/** Ages by how many years they are off the label; genders by how confident the wrong answer is. */
function worstOf(task: Task, faces: readonly JudgedFace[]): JudgedFace[] {
  const wrongness = (face: JudgedFace): number => {
    const { age: said, gender } = face.said ?? {};
    if (task === 'gender') return genderIsRight(face) === false ? (gender?.confidence ?? 0) : 0;
    if (!said || face.age === undefined) return 0;
    const { low, high } = face.ageRange ?? { low: face.age, high: face.age };
    return Math.max(0, low - said.years, said.years - high);
  };
  return faces
    .filter((face) => wrongness(face) > 0)
    .sort((one, other) => wrongness(other) - wrongness(one) || (one.face < other.face ? -1 : 1));
}
