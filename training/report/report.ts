import type { Task } from '../../models/card.ts';
import { SPLITS, type Split } from '../dataset/label.ts';
import type { ShardFace } from '../dataset/prepared.ts';
import type { Decision } from '../evaluation/decision.ts';
import type { Evaluation } from '../evaluation/evaluation.ts';
import type { CalibratedReading } from '../evaluation/intervals.ts';
import type { History } from '../trainer/outcome.ts';

/** A model and how it did on the test faces. */
export interface ReportedModel {
  /** Of the network: "transfer", "AgeGenderNet" … */
  readonly name: string;
  readonly version: string;
  readonly evaluation: Evaluation;
}

/** What is told of a training; `report.json`. */
export interface Report {
  readonly task: Task;
  readonly createdAt: string;
  readonly candidate: ReportedModel;
  /** Absent when nothing was in service to compare with. */
  readonly inService?: ReportedModel;
  readonly decision?: Decision;
  /** How ages are read off the network's probabilities; not of genders. */
  readonly reading?: CalibratedReading;
  readonly data: DataDescription;
  /** Absent where the network was not trained here. */
  readonly history?: History;
  /** What was asked for, in every detail. */
  readonly spec?: Readonly<Record<string, unknown>>;
}

export type SplitCounts = Readonly<Record<Split, number>>;

/** What a data set holds. */
export interface DataDescription {
  readonly name: string;
  /** Of what was prepared. */
  readonly hash?: string;
  readonly faces: SplitCounts;
  /** Counts of the labelled genders; `unknown` where there is none. */
  readonly genders: Readonly<Record<string, SplitCounts>>;
  /** Counts by labelled age, in years from `from` to four years on. */
  readonly ages: readonly { readonly from: number; readonly faces: SplitCounts }[];
  /** Counts by the values of the labels' further columns. */
  readonly groups: Readonly<Record<string, Readonly<Record<string, number>>>>;
}

const AGE_STEP = 5;

/** Describes the faces that a training reads. */
export function describeData(
  name: string,
  faces: readonly Pick<ShardFace, 'age' | 'gender' | 'groups' | 'split'>[],
  hash?: string,
): DataDescription {
  const byAge = Map.groupBy(
    faces.filter(({ age }) => age !== undefined),
    ({ age = 0 }) => AGE_STEP * Math.floor(age / AGE_STEP),
  );
  const columns = [...new Set(faces.flatMap(({ groups }) => Object.keys(groups)))].sort();
  return {
    name,
    ...(hash !== undefined && { hash }),
    faces: countSplits(faces),
    genders: Object.fromEntries(
      [...Map.groupBy(faces, ({ gender }) => gender ?? 'unknown')]
        .sort()
        .map(([gender, part]) => [gender, countSplits(part)]),
    ),
    ages: [...byAge]
      .sort(([one], [other]) => one - other)
      .map(([from, part]) => ({ from, faces: countSplits(part) })),
    groups: Object.fromEntries(
      columns.map((column) => {
        const values = Map.groupBy(faces, ({ groups }) => groups[column] ?? '');
        values.delete('');
        return [column, Object.fromEntries([...values].sort().map(([value, part]) => [value, part.length]))];
      }),
    ),
  };
}

function countSplits(faces: readonly { readonly split: Split }[]): SplitCounts {
  const parts = Map.groupBy(faces, ({ split }) => split);
  return Object.fromEntries(SPLITS.map((split) => [split, parts.get(split)?.length ?? 0])) as SplitCounts;
}
