import type { Label } from '../label.ts';
import type { OwnClasses, OwnNumber } from './definition.ts';

/** What labels say of own attributes: a cell of the column that is named like the attribute. */

/** The cell, as it is compared: how letters are written makes no difference. */
export const normalise = (text: string): string => text.normalize('NFC').trim().toLowerCase();

/** What programs and people write for the two answers to a question. */
const ANSWERS: Readonly<Record<string, readonly string[]>> = {
  yes: ['yes', 'y', 'true', 't', '1'],
  no: ['no', 'n', 'false', 'f', '0', '-1'],
};
const ANSWER = new Map(Object.entries(ANSWERS).flatMap(([answer, all]) => all.map((text) => [text, answer])));

/** "yes" or "no", however it is written; undefined when it is neither. */
export const answerOf = (text: string): string | undefined => ANSWER.get(normalise(text));

const NUMBER = /^[+-]?(?:\d+(?:[.,]\d*)?|[.,]\d+)(?:e[+-]?\d+)?$/i;

/** Also with a decimal comma; undefined when it is none. */
export function numberOf(text: string): number | undefined {
  const value = NUMBER.test(text.trim()) ? Number(text.trim().replace(',', '.')) : Number.NaN;
  return Number.isFinite(value) ? value : undefined;
}

/** The cell of a column, which a data set's labels keep among their `groups`; undefined when it is empty. */
export function cellOf({ groups }: Label, column: string): string | undefined {
  const cell = (groups as Readonly<Record<string, string>> | undefined)?.[column];
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
