import { sum } from 'd3-array';
import pc from 'picocolors';
import stringWidth from 'string-width';
import wrapAnsi from 'wrap-ansi';
import type { Face } from '../attributes/face.ts';
import { FACTS, factsOf, USUAL_FACTS } from '../attributes/facts.ts';
import type { Fact } from '../attributes/words.ts';
import { formatPercent } from '../attributes/words.ts';
import type { Photo } from '../functions/shared/item.ts';
import { pad } from './columns.ts';
import { printable } from './command.ts';
import { secondsToResult } from './results.ts';

export interface TableOptions {
  /** Columns of the terminal; default: those of standard output, else of the variable COLUMNS, else 120. */
  readonly width?: number;
  /** Default: whether standard output is a terminal that shows colours. */
  readonly color?: boolean;
}

/** Titles of the columns and their least widths, which keep a table of failures in the same shape. */
const columnsOf = (facts: readonly Fact[]): readonly Fact['column'][] => [
  { title: 'Photo', width: 12 },
  { title: 'Face', width: 7 },
  { title: 'Box', width: 15 },
  ...facts.map(({ column }) => column),
  { title: 'Time', width: 6, right: true },
];
const GAP = '  ';

/** What stands beside a photo's name: a line per face, or one text. */
interface Entry {
  readonly photo: Photo;
  readonly faces: readonly (readonly string[])[];
  readonly note?: string;
  readonly time: string;
}

/**
 * A table of photos and their faces: number and confidence of each face, its box (x,y width×height in pixels
 * of the upright photo), its attributes, and the seconds from upload to result. It is at most as wide as the terminal:
 * long names are wrapped, never cut.
 */
export function formatTable(photos: readonly Photo[], options: TableOptions = {}): string {
  const colors = pc.createColors(options.color ?? (process.stdout.isTTY === true && pc.isColorSupported));
  // Numbers of one digit stand under the last of those that have more.
  const digits = Math.max(1, ...photos.map(({ faces = [] }) => String(faces.length).length));
  const facts = factsIn(photos);
  const columns = columnsOf(facts);
  const entries = photos.map((photo) => describe(photo, digits, facts));
  const widths = columnWidths(columns, entries, options.width ?? terminalWidth());
  const [photoWidth = 0, ...others] = widths;
  const noteWidth = total(others.slice(0, -1));

  const lines = [
    colors.bold(
      join(
        columns,
        columns.map(({ title }) => title),
        widths,
      ),
    ),
  ];
  for (const { photo, faces, note, time } of entries) {
    const color = photo.status === 'failed' ? colors.red : colors.dim;
    const names = wrapName(printable(photo.photo), photoWidth);
    const middle = [
      ...faces.map((cells) => join(columns.slice(1, -1), cells, widths.slice(1, -1))),
      ...(note ? wrap(note, noteWidth).map((line) => color(pad(line, noteWidth))) : []),
    ];
    for (let line = 0; line < Math.max(names.length, middle.length); line += 1) {
      const end = line === 0 ? colors.dim(pad(time, widths.at(-1) ?? 0, true)) : '';
      const cells = [pad(names[line] ?? '', photoWidth), middle[line] ?? ' '.repeat(noteWidth), end];
      lines.push(cells.join(GAP).trimEnd());
    }
  }
  return lines.join('\n');
}

/** Those of what some face has; where no photo has a face, the usual ones. */
function factsIn(photos: readonly Photo[]): Fact[] {
  const found = photos.flatMap(({ faces = [] }) => faces.flatMap(factsOf));
  const told = new Set((found.length > 0 ? found : USUAL_FACTS).map(({ field }) => field));
  const all = new Map([...FACTS, ...found].map((fact) => [fact.field, fact]));
  return [...all.values()].filter(({ field }) => told.has(field));
}

function describe(photo: Photo, digits: number, facts: readonly Fact[]): Entry {
  const seconds = secondsToResult(photo);
  const faces = (photo.faces ?? []).map((face, index) => faceCells(face, index, digits, facts));
  return {
    photo,
    faces,
    ...noteOf(photo, faces.length),
    time: seconds === undefined ? '' : `${seconds.toFixed(seconds < 100 ? 2 : 0)} s`,
  };
}

function noteOf({ status, failure, facesFound = 0 }: Photo, faces: number): { note?: string } {
  if (status === 'failed') return { note: `✗ ${printable(failure?.message ?? 'It failed.')}` };
  if (status === 'awaiting-upload') return { note: 'not uploaded yet' };
  if (status === 'pending') return { note: 'not analysed yet' };
  if (faces === 0) return { note: 'no face' };
  return facesFound > faces ? { note: `the ${faces} largest of ${facesFound} faces` } : {};
}

function faceCells(face: Face, index: number, digits: number, facts: readonly Fact[]): string[] {
  const { box, confidence } = face;
  return [
    `${String(index + 1).padStart(digits)}  ${formatPercent(confidence)}`,
    `${Math.round(box.x)},${Math.round(box.y)} ${Math.round(box.width)}×${Math.round(box.height)}`,
    ...facts.map((fact) => fact.cell(face)),
  ];
}

function columnWidths(
  columns: readonly Fact['column'][],
  entries: readonly Entry[],
  terminal: number,
): number[] {
  const rows = entries.flatMap(({ photo, faces, time }) => [
    [printable(photo.photo), ...columns.slice(1, -1).map(() => ''), time],
    ...faces.map((cells) => ['', ...cells, '']),
  ]);
  const [photo = 0, ...others] = columns.map(({ width }, column) =>
    Math.max(width, ...rows.map((row) => stringWidth(row[column] ?? ''))),
  );
  return [
    Math.max(columns[0]?.width ?? 0, Math.min(photo, terminal - total(others) - GAP.length)),
    ...others,
  ];
}

/** Width of several columns together. */
const total = (widths: readonly number[]) => sum(widths) + GAP.length * (widths.length - 1);

/** Sets cells in columns. */
function join(
  columns: readonly Fact['column'][],
  cells: readonly string[],
  widths: readonly number[],
): string {
  return cells.map((cell, index) => pad(cell, widths[index] ?? 0, columns[index]?.right)).join(GAP);
}

/** Breaks a key after slashes, spaces, hyphens or underscores, and within a word only when it must. */
function wrapName(name: string, width: number): string[] {
  const lines = [''];
  for (const word of name.split(/(?<=[/ _-])/)) {
    const line = lines.pop() ?? '';
    if (stringWidth(line + word) <= width) lines.push(line + word);
    else
      lines.push(...(line ? [line] : []), ...wrapAnsi(word, width, { hard: true, trim: false }).split('\n'));
  }
  return lines;
}

const wrap = (text: string, width: number) => wrapAnsi(text, width, { hard: true, trim: true }).split('\n');

const terminalWidth = () => process.stdout.columns ?? (Number(process.env.COLUMNS) || 120);
