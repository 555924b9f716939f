import { extent } from 'd3-array';
import { answerOf, normalise, numberOf } from '../cell.ts';
import {
  boundSchema,
  classSchema,
  MAXIMUM_CLASSES,
  type OwnDefinition,
  type OwnOptions,
  ownNameSchema,
  RESERVED,
  showUnseen,
} from './definition.ts';

/** Fewer faces of a class teach nothing, and can't be divided into those to learn from and those to judge by. */
export const MINIMUM_FACES = 20;

/** Why no attribute can be made of a column. */
export class DefinitionError extends Error {
  override readonly name = 'DefinitionError';
}

/** The cells of one data set's column, without empty ones. */
export interface LabelledColumn {
  /** Name of the data set. */
  readonly set: string;
  readonly cells: readonly string[];
  /**
   * Whether they are corrections: answers to what a model told, perhaps one that told something else. They add to what
   * labels say there is, and count as empty where they don't fit, as nobody can mend them.
   */
  readonly corrected?: boolean;
}

/**
 * Makes an attribute of a column: classes of words, a number of numbers, as far as nothing else is said. Always the same
 * of the same labels.
 * @param taken names of attributes that are there
 * @throws DefinitionError saying what to do
 */
export function defineOwn(
  name: string,
  columns: readonly LabelledColumn[],
  options: OwnOptions = {},
  taken: readonly string[] = [],
): OwnDefinition {
  checkName(name, taken);
  const cells = columns.flatMap((column) => column.cells);
  const where = `column "${name}" of ${columns.map(({ set }) => set).join(' and ')}`;
  if (cells.length === 0) {
    throw new DefinitionError(
      `Expected labels in ${where} but there are none. Add the column to labels.csv; one with more than 50 different words is left out, as free text.`,
    );
  }
  if (new Set(cells.map(normalise)).size === 1) {
    throw new DefinitionError(
      `Expected different values in ${where} but all are "${cells[0]}": there is nothing to tell apart.`,
    );
  }
  const labelled = columns.filter((column) => column.cells.length > 0);
  const own = labelled.filter(({ corrected }) => !corrected);
  const deciding = own.length > 0 ? own : labelled;
  const kind = options.kind ?? kindOf(cellsOf(deciding), options);
  const column = { name, where, deciding, all: labelled };
  return kind === 'number' ? defineNumber(column, options) : defineClasses(column, options);
}

/** A column in all sets. */
interface Column {
  readonly name: string;
  /** In words. */
  readonly where: string;
  /** Of the sets that say what there is. */
  readonly deciding: readonly LabelledColumn[];
  readonly all: readonly LabelledColumn[];
}

const cellsOf = (columns: readonly LabelledColumn[]): string[] => columns.flatMap(({ cells }) => cells);

/** Cells that somebody can mend. */
const labelsOf = (columns: readonly LabelledColumn[]): string[] =>
  cellsOf(columns.filter(({ corrected }) => !corrected));

function checkName(name: string, taken: readonly string[]): void {
  if (taken.includes(name) || RESERVED.has(name)) {
    throw new DefinitionError(
      `Expected a new name for an attribute of your own but "${name}" is already taken. Rename the column.`,
    );
  }
  const { success } = ownNameSchema.safeParse(name);
  if (success) return;
  throw new DefinitionError(
    `Expected an attribute's name to have at most 32 lower-case letters, digits, "_" and "-", a letter first, but received "${name}". Rename the column.`,
  );
}

/** Two numbers may be the answers to a question. */
function kindOf(cells: readonly string[], { classes, range }: OwnOptions): OwnDefinition['kind'] {
  if (classes) return 'classes';
  if (range) return 'number';
  if (cells.every((cell) => answerOf(cell) !== undefined)) return 'classes';
  const numbers = cells.filter((cell) => numberOf(cell) !== undefined).length;
  return numbers === cells.length ? 'number' : 'classes';
}

function defineNumber({ name, where, deciding, all }: Column, { range }: OwnOptions): OwnDefinition {
  const strange = labelsOf(deciding).find((cell) => numberOf(cell) === undefined);
  if (strange !== undefined) {
    throw new DefinitionError(
      `Expected numbers in ${where} but received "${strange}". Correct the labels, or set its kind to classes.`,
    );
  }
  const numbersOf = (cells: readonly string[]) => cells.flatMap((cell) => numberOf(cell) ?? []);
  const numbers = numbersOf(cellsOf(deciding));
  const unkept = numbers.find((value) => !boundSchema.safeParse(value).success);
  if (unkept !== undefined) {
    throw new DefinitionError(
      `Expected numbers from -1,000,000,000 to 1,000,000,000 in ${where} but received ${unkept}. Correct the labels, or write them in another unit.`,
    );
  }
  const [low = 0, high = 0] = range ?? extent(numbers).map((value) => boundSchema.parse(value));
  if (low === high) {
    throw new DefinitionError(
      `Expected different numbers in ${where} but all are ${low}: there is nothing to tell apart.`,
    );
  }
  const outside = range && numbersOf(labelsOf(deciding)).find((value) => value < low || value > high);
  if (outside !== undefined) {
    throw new DefinitionError(
      `Expected numbers from ${low} to ${high} in ${where} but received ${outside}. Correct the labels, or the range.`,
    );
  }
  const { length: faces } = numbersOf(cellsOf(all));
  if (faces < MINIMUM_FACES) {
    throw new DefinitionError(
      `Expected at least ${MINIMUM_FACES} faces with a number in ${where} but received ${faces}. Label more photos.`,
    );
  }
  return { name, kind: 'number', range: [low, high] };
}

function defineClasses(
  { name, where, deciding, all }: Column,
  { classes: asked }: OwnOptions,
): OwnDefinition {
  const cells = cellsOf(deciding);
  const isQuestion =
    cells.every((cell) => answerOf(cell) !== undefined) &&
    (!asked || asked.map(normalise).toSorted().join() === 'no,yes');
  const classOf = (cell: string) => (isQuestion ? (answerOf(cell) ?? '') : normalise(cell));
  const found = [...new Set(cells.map(classOf))].toSorted();
  if (found.length > MAXIMUM_CLASSES || found.some((each) => [...each].length > 40)) {
    throw new DefinitionError(
      `Expected at most ${MAXIMUM_CLASSES} classes in ${where} but received ${found.length} different values such as "${found[0]}": free text can't be learned.`,
    );
  }
  if (!asked) checkAgreement(where, deciding, classOf);
  const known = new Set(asked?.map(normalise) ?? found);
  const strange = labelsOf(deciding)
    .map(classOf)
    .find((each) => !known.has(each));
  if (strange !== undefined) {
    throw new DefinitionError(
      `Expected ${asked?.join(', ')} in ${where} but received "${strange}". Correct the labels, or the classes.`,
    );
  }
  const nameless = asked ? undefined : found.find((each) => !classSchema.safeParse(each).success);
  if (nameless !== undefined) {
    throw new DefinitionError(
      `Expected classes in ${where} but received "${showUnseen(nameless)}", which can't be the name of one. Correct the labels.`,
    );
  }
  const counts = Map.groupBy(cellsOf(all), classOf);
  const classes = asked ?? (isQuestion ? ['yes', 'no'] : found);
  const few = classes
    .map((each) => [each, counts.get(normalise(each))?.length ?? 0] as const)
    .filter(([, faces]) => faces < MINIMUM_FACES);
  if (few.length > 0) {
    throw new DefinitionError(
      `Expected at least ${MINIMUM_FACES} faces of each class in ${where} but received ${few.map(([each, faces]) => `${faces} of "${each}"`).join(' and ')}. Label more photos, or merge classes.`,
    );
  }
  return { name, kind: 'classes', classes };
}

/** Sets that write their classes differently, or have others, were hardly labelled by the same rules. */
function checkAgreement(
  where: string,
  columns: readonly LabelledColumn[],
  classOf: (cell: string) => string,
): void {
  const sets = columns.flatMap(({ set, cells }) => {
    const classes = [...new Set(cells.map(classOf))].toSorted();
    return classes.length > 0 ? [{ set, classes }] : [];
  });
  const [first, ...others] = sets;
  const other = others.find(({ classes }) => classes.join('\n') !== first?.classes.join('\n'));
  if (!first || !other) return;
  throw new DefinitionError(
    `Expected the same classes everywhere in ${where} but ${first.set} has ${first.classes.join(', ')} and ${other.set} has ${other.classes.join(', ')}. Correct the labels, or set the classes.`,
  );
}
