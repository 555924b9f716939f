import { parse } from 'csv-parse/sync';

/** How a file of separated values is written: found once, for all of it. */
interface Dialect {
  readonly delimiter: string;
  /** The line that the values begin with: after a line that only names the separator there is a second one. */
  readonly text: string;
  readonly skipped: number;
}

export interface Row {
  readonly record: readonly string[];
  /** In the file, from 1. */
  readonly line: number;
}

/** Excel's own first line: `sep=;` */
const SEPARATOR_LINE = /^"?sep=(.)"?[^\S\r\n]*(?:\r\n|\n|\r|$)/i;
/** A number with a comma, on its own or as an end of a range. Between brackets the comma is between two numbers. */
const DECIMAL_COMMA = /^-?\d+,\d+(?:\s*(?:-|–|to)\s*\d+(?:,\d+)?)?$/;
const DECIMAL_POINT = /^-?\d+\.\d+(?:\s*(?:-|–|to)\s*\d+(?:\.\d+)?)?$/;

/**
 * The rows of a file, with values as they stand in it.
 * @throws Error when it is no file of separated values
 */
export function readRows(file: string): Row[] {
  const { text, delimiter, skipped } = dialectOf(file);
  const lines: number[] = [];
  const records = parse(text, {
    delimiter,
    // In one file several programs may have ended lines.
    recordDelimiter: ['\r\n', '\n', '\r'],
    trim: true,
    skipEmptyLines: true,
    skipRecordsWithEmptyValues: true,
    relaxColumnCount: true,
    onRecord: (record: string[], context) => {
      lines.push(context.lines + skipped);
      return record;
    },
  });
  return records.map((record, index) => ({ record, line: lines[index] ?? 0 }));
}

/**
 * Makes points of the decimal commas of some columns, in all rows or in none: where any number has a comma, and none has
 * a point. Else a comma is as likely one between thousands, and stays.
 */
export function withDecimalPoints(rows: readonly Row[], places: readonly number[]): Row[] {
  const numbers = rows.flatMap(({ record }) => places.map((place) => record[place] ?? ''));
  const isComma =
    numbers.some((text) => DECIMAL_COMMA.test(text)) && !numbers.some((text) => DECIMAL_POINT.test(text));
  if (!isComma) return [...rows];
  const chosen = new Set(places);
  return rows.map((row) => ({
    ...row,
    record: row.record.map((text, place) =>
      chosen.has(place) && DECIMAL_COMMA.test(text) ? text.replaceAll(',', '.') : text,
    ),
  }));
}

function dialectOf(file: string): Dialect {
  const text = file.replace(/^\uFEFF/, '');
  const [line, named] = SEPARATOR_LINE.exec(text) ?? [];
  if (line !== undefined && named !== undefined) {
    return { delimiter: named, text: text.slice(line.length), skipped: 1 };
  }
  return { delimiter: delimiterOf(text), text, skipped: 0 };
}

/**
 * Spreadsheets write semicolons where numbers have decimal commas, and tabs as "text". What stands in quotes separates
 * nothing.
 */
function delimiterOf(text: string): string {
  const [header = ''] = text.replace(/"(?:[^"]|"")*"/g, '').split(/\r\n|\n|\r/, 1);
  const often = (character: string) => header.split(character).length;
  return [',', ';', '\t'].reduce((best, other) => (often(other) > often(best) ? other : best));
}
