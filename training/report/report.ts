import type { ClassesDrawing, NumberDrawing } from '../../attributes/evaluation.ts';
import { attributesWith, EVERY_ATTRIBUTE, type Task } from '../../attributes/list.ts';
import type { Reading } from '../../attributes/reading.ts';
import { MAXIMUM_GROUPS } from '../dataset/catalogue.ts';
import { type AttributeFields, type DatasetLabel, SPLITS, type Split } from '../dataset/label.ts';
import type { Decision } from '../evaluation/decision.ts';
import { type Evaluation, rangeOf } from '../evaluation/evaluation.ts';
import { furtherColumns } from '../evaluation/groups.ts';
import type { History } from '../trainer/outcome.ts';

/** A model and how it did on the test faces. */
export interface ReportedModel {
  /** The network's name: "transfer", "AgeGenderNet" … */
  readonly name: string;
  readonly version: string;
  readonly evaluation: Evaluation;
}

/** What is reported of a training; `report.json`. */
export interface Report {
  readonly task: Task;
  readonly createdAt: string;
  readonly candidate: ReportedModel;
  /** Absent when nothing was in service to compare with. */
  readonly inService?: ReportedModel;
  readonly decision?: Decision;
  /** How the network's probabilities are read, where validation faces had something to say about it. */
  readonly reading?: Reading;
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
  /** Hash of what was prepared. */
  readonly hash?: string;
  readonly faces: SplitCounts;
  /** For each attribute that is a class and labelled, counts by class; faces without a label have an empty name. */
  readonly classes: Readonly<Record<string, Readonly<Record<string, SplitCounts>>>>;
  /** For each attribute that is a number, counts by ranges of the label. */
  readonly numbers: Readonly<Record<string, readonly RangeCounts[]>>;
  /** Counts by the values of the labels' further columns. */
  readonly groups: Readonly<Record<string, Readonly<Record<string, number>>>>;
}

export interface RangeCounts {
  /** Where the range begins; all are as wide as each other. */
  readonly from: number;
  readonly faces: SplitCounts;
}

/** What of a face a description counts. */
type CountedFace = AttributeFields & Pick<DatasetLabel, 'groups'> & { readonly split: Split };

/**
 * Describes the faces that a training reads.
 * @param task what it learns
 */
export function describeData(
  name: string,
  faces: readonly CountedFace[],
  hash?: string,
  task?: Task,
): DataDescription {
  const attributes = task === undefined ? EVERY_ATTRIBUTE : attributesWith(task);
  const labelled = attributes.filter(({ evaluation: { drawing } }) =>
    faces.some((face) => drawing.valueOf(face) !== undefined),
  );
  return {
    name,
    ...(hash !== undefined && { hash }),
    faces: countSplits(faces),
    classes: Object.fromEntries(
      labelled.flatMap(({ name, evaluation: { drawing } }) =>
        drawing.kind === 'classes' ? [[name, countClasses(drawing, faces)]] : [],
      ),
    ),
    numbers: Object.fromEntries(
      labelled.flatMap(({ name, evaluation: { drawing } }) =>
        drawing.kind === 'number' ? [[name, countRanges(drawing, faces)]] : [],
      ),
    ),
    groups: Object.fromEntries(
      furtherColumns(faces, attributes).flatMap((column) => {
        const values = Map.groupBy(faces, ({ groups }) => groups[column] ?? '');
        values.delete('');
        if (values.size > MAXIMUM_GROUPS) return [];
        return [
          [
            column,
            Object.fromEntries(
              [...values]
                .sort(([one], [other]) => (one < other ? -1 : 1))
                .map(([value, part]) => [value, part.length]),
            ),
          ],
        ];
      }),
    ),
  };
}

const countClasses = (drawing: ClassesDrawing, faces: readonly CountedFace[]) =>
  Object.fromEntries(
    [...Map.groupBy(faces, (face) => drawing.valueOf(face) ?? '')]
      .sort(([one], [other]) => Number(one === '') - Number(other === '') || (one < other ? -1 : 1))
      .map(([value, part]) => [value, countSplits(part)]),
  );

function countRanges(drawing: NumberDrawing, faces: readonly CountedFace[]): RangeCounts[] {
  const { least, countStep: step } = drawing;
  const known = faces.flatMap((face) => {
    const value = drawing.valueOf(face);
    return value === undefined ? [] : [{ face, from: rangeOf(value, least, step) }];
  });
  return [...Map.groupBy(known, ({ from }) => from)]
    .sort(([one], [other]) => one - other)
    .map(([from, part]) => ({ from, faces: countSplits(part.map(({ face }) => face)) }));
}

function countSplits(faces: readonly { readonly split: Split }[]): SplitCounts {
  const parts = Map.groupBy(faces, ({ split }) => split);
  return Object.fromEntries(SPLITS.map((split) => [split, parts.get(split)?.length ?? 0])) as SplitCounts;
}
