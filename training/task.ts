import { FACTS } from '../attributes/facts.ts';
import { ATTRIBUTE_NAMES, isAttribute, type Task } from '../attributes/list.ts';
import { DefinitionError, defineOwn, type LabelledColumn } from '../attributes/own/define.ts';
import { cellOf } from '../attributes/own/label.ts';
import { CORRECTIONS } from './dataset/corrections.ts';
import type { PreparedSet } from './dataset/prepared.ts';
import type { TrainingSpec } from './spec.ts';
import { TrainingError } from './trainer/outcome.ts';

/** Names that attributes of the list have, or what is said of them, in items and in the columns of results. */
const TAKEN: readonly string[] = [
  ...ATTRIBUTE_NAMES,
  ...FACTS.flatMap(({ field, columns }) => [field, ...Object.keys(columns({}))]),
];

/**
 * What a training is for: an attribute of the list, or what the labels of a set make of one of their columns.
 * @throws TrainingError when no attribute can be made of the column
 */
export function taskFor(
  { task, attribute }: Pick<TrainingSpec, 'task' | 'attribute'>,
  set: PreparedSet,
): Task {
  if (isAttribute(task)) return task;
  try {
    return defineOwn(task, columnsOf(task, set), attribute, TAKEN);
  } catch (error) {
    if (!(error instanceof DefinitionError)) throw error;
    throw new TrainingError('unusable-labels', error.message, { cause: error });
  }
}

/** The column in each of the sets that were joined. */
function columnsOf(column: string, { name, faces, joined }: PreparedSet): LabelledColumn[] {
  const parts = joined ? Map.groupBy(faces, ({ groups }) => groups.set ?? name) : new Map([[name, faces]]);
  return [...parts].map(([set, members]) => ({
    set,
    cells: members.flatMap((face) => cellOf(face, column) ?? []),
    corrected: set === CORRECTIONS,
  }));
}
