/** What a cell of a labelled column says, whatever the column is. */

/** The cell, as it is compared: how letters are written makes no difference, nor which blanks are between words. */
export const normalise = (text: string): string =>
  text.normalize('NFC').replace(/\s+/g, ' ').trim().toLowerCase();

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

const NUMBERS: Readonly<Record<string, string>> = { yes: '1', no: '0' };

/** The same for cells that mean the same, however they are written: "yes" and "1", "2.0" and "2". */
export const meaningOf = (cell: string): string =>
  numberOf(cell)?.toString() ?? NUMBERS[answerOf(cell) ?? ''] ?? normalise(cell);
