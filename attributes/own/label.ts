import { answerOf, normalise, numberOf } from '../cell.ts';
import type { Label } from '../label.ts';
import type { OwnClasses, OwnNumber } from './definition.ts';

/** What labels say of own attributes: a cell of the column that is named like the attribute. */

/** The cell of a column, which a data set's labels keep among their `groups`; undefined when it is empty. */
export function cellOf({ groups }: Label, column: string): string | undefined {
  const cells = (groups ?? {}) as Readonly<Record<string, string>>;
  const cell = Object.hasOwn(cells, column) ? cells[column] : undefined;
  return cell === undefined || cell.trim() === '' ? undefined : cell;
}

/** The class that a label names; undefined when it names none. */
export function classReader({ name, classes }: OwnClasses): (label: Label) => string | undefined {
  const written = new Map(classes.map((each) => [normalise(each), each]));
  const isQuestion = classes.length === 2 && written.has('yes') && written.has('no');
  return (label) => {
    const cell = cellOf(label, name);
    if (cell === undefined) return undefined;
    return written.get(normalise(cell)) ?? (isQuestion ? written.get(answerOf(cell) ?? '') : undefined);
  };
}

/** The number that a label gives, as far as it lies within the range. */
export function numberReader({ name, range: [low, high] }: OwnNumber): (label: Label) => number | undefined {
  return (label) => {
    const value = numberOf(cellOf(label, name) ?? '');
    return value === undefined ? undefined : Math.min(Math.max(low, value), high);
  };
}
