import { ATTRIBUTE_NAMES, EVERY_ATTRIBUTE } from '../../../attributes/list.ts';
import type { BoundingBox } from '../../../vision/engine.ts';
import type { Folder } from '../folder.ts';
import type { AttributeFields, LabelledPhoto } from '../label.ts';
import { DatasetError, type Problems } from '../problem.ts';
import { type Row, readRows, withDecimalPoints } from './dialect.ts';
import type { Layout } from './layout.ts';
import { parsePath, parseSplit, parseYesNo } from './values.ts';

const FILE = 'labels.csv';
const BOX = ['x', 'y', 'width', 'height'] as const;
const VOTES = EVERY_ATTRIBUTE.flatMap(({ label }) => label.votes?.columns ?? []);
const KNOWN = ['file', ...ATTRIBUTE_NAMES, ...VOTES, 'subject', 'split', 'fold', ...BOX, 'checked'];
/** Columns that may hold numbers with decimals. */
const NUMBERS = [...ATTRIBUTE_NAMES, ...BOX];
/** What programs write where nothing is known: R, Python and spreadsheets. */
const NOT_KNOWN: ReadonlySet<string> = new Set(['na', 'n/a', '#n/a', 'nan', 'none', 'null', 'nil']);
/** The same in columns of any text, in the spellings that only programs use: a person may be called Na, a beard be none. */
const NOT_KNOWN_TEXT: ReadonlySet<string> = new Set(['NA', 'N/A', '#N/A', 'NaN', 'nan', 'None', 'NULL']);
const COLUMNS = `file, and ${ATTRIBUTE_NAMES.join(', ')} or any other to learn or to group the results by (optionally x, y, width and height of the face, checked if a person has checked the box; subject; split; fold)`;
/** Results can't be reported for more. */
const MAXIMUM_GROUP_COLUMNS = 20;

/** `labels.csv`: a line for each face, with the columns' names first, in any order and case. */
export const labelsCsv: Layout = {
  name: 'labels.csv',
  expected: `${FILE} with the columns file, ${ATTRIBUTE_NAMES.join(', ')} or any other to learn`,
  matches: (names) => names.includes(FILE),
  read: async (folder, _names, problems) => {
    const rows = parseRows(decodeText(await folder.read(FILE), folder), folder);
    const header = parseHeader(rows.shift()?.record ?? [], folder);
    const numbers = NUMBERS.flatMap((name) => header.places.get(name) ?? []);
    return withDecimalPoints(rows, numbers).flatMap(
      ({ record, line }) => readRow(header, record, line, problems) ?? [],
    );
  },
};

/** UTF-8, or UTF-16 as spreadsheets write it, recognised by its first two bytes. */
function decodeText(bytes: Uint8Array, folder: Folder): string {
  const utf16 = bytes[0] === 0xff && bytes[1] === 0xfe;
  try {
    return new TextDecoder(utf16 ? 'utf-16le' : 'utf-8', { fatal: true }).decode(bytes);
  } catch (cause) {
    throw new DatasetError(
      `Expected ${FILE} in ${folder.description} to be UTF-8 text but it is not. Save it as "CSV UTF-8".`,
      [],
      { cause },
    );
  }
}

function parseRows(text: string, folder: Folder): Row[] {
  try {
    return readRows(text);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new DatasetError(
      `Expected comma-separated values in ${FILE} of ${folder.description} but: ${reason}.`,
      [],
      {
        cause,
      },
    );
  }
}

interface Header {
  readonly width: number;
  /** Where each known column is. */
  readonly places: ReadonlyMap<string, number>;
  readonly groups: readonly { readonly name: string; readonly place: number }[];
}

/** @throws DatasetError naming what was expected and what came */
function parseHeader(record: readonly string[], folder: Folder): Header {
  const names = record.map((name) => name.trim().toLowerCase());
  const places = new Map(names.map((name, place) => [name, place]));
  const received = names.length > 0 ? names.join(', ').slice(0, 300) : 'none';
  const complain = (what: string) =>
    new DatasetError(
      `Expected columns ${COLUMNS} in ${FILE} of ${folder.description} but ${what}; received: ${received}.`,
    );
  if (!places.has('file')) throw complain('there is no column file');
  const twice = names.find((name, place) => name !== '' && places.get(name) !== place);
  if (twice !== undefined) throw complain(`"${twice}" occurs twice`);
  const sides = BOX.filter((name) => places.has(name));
  if (sides.length > 0 && sides.length < BOX.length) {
    throw complain(`the box has only ${sides.join(', ')}`);
  }
  const groups = names.flatMap((name, place) =>
    KNOWN.includes(name) || name === '' ? [] : [{ name, place }],
  );
  // "constructor" is what every object of JavaScript has.
  const strange = groups.find(
    ({ name }) => !/^[\p{L}\p{N}][\p{L}\p{N} _.()-]{0,63}$/u.test(name) || name === 'constructor',
  );
  if (strange) throw complain(`"${strange.name.slice(0, 64)}" cannot be the name of a column`);
  if (groups.length === 0 && ![...ATTRIBUTE_NAMES, ...VOTES].some((name) => places.has(name))) {
    throw complain(`there is neither ${ATTRIBUTE_NAMES.join(' nor ')} nor any other to learn`);
  }
  if (groups.length > MAXIMUM_GROUP_COLUMNS) {
    throw complain(`there are ${groups.length} columns to group by, more than ${MAXIMUM_GROUP_COLUMNS}`);
  }
  return { width: names.length, places, groups };
}

/** @returns undefined, with a problem reported, when a value is not understood */
function readRow(
  { width, places, groups }: Header,
  record: readonly string[],
  line: number,
  problems: Problems,
): LabelledPhoto | undefined {
  const written = (name: string) => record[places.get(name) ?? -1]?.normalize('NFC') ?? '';
  const text = (name: string) => {
    const value = written(name);
    return NOT_KNOWN.has(value.toLowerCase()) ? '' : value;
  };
  const refuse = (what: string) => {
    problems.add('invalid-value', `line ${line}: ${what}`);
    return undefined;
  };
  if (record.slice(width).some((value) => value !== '')) {
    return refuse(`expected ${width} values but received ${record.length}; put quotes around commas`);
  }
  const file = parsePath(written('file'));
  if (file === undefined) {
    if (written('file') === '') return refuse('expected a file but received nothing');
    problems.add('outside-path', `line ${line}: ${written('file')}`);
    return undefined;
  }
  const attributes: AttributeFields[] = [];
  for (const { name, label } of EVERY_ATTRIBUTE) {
    const cell = text(name);
    const fields = cell === '' ? {} : label.parse(cell);
    if (!fields) return refuse(`expected ${label.expected} but received "${cell}"`);
    const cells = label.votes?.columns.map(text) ?? [];
    const voted = label.votes ? label.votes.parse(cells) : {};
    if (!voted) return refuse(`expected ${label.votes?.expected} but received "${cells.join(', ')}"`);
    attributes.push({ ...voted, ...fields });
  }
  const split = parseSplit(text('split'));
  if (text('split') !== '' && !split) {
    return refuse(`expected train, validation or test but received "${text('split')}"`);
  }
  const fold = text('fold') === '' ? undefined : Number(text('fold'));
  if (fold !== undefined && !(Number.isSafeInteger(fold) && fold >= 0)) {
    return refuse(`expected a fold's number from 0 but received "${text('fold')}"`);
  }
  const box = readBox(BOX.map(text));
  if (box === null) return refuse(`expected a box in pixels but received "${BOX.map(text).join(', ')}"`);
  const checked = parseYesNo(text('checked'));
  if (text('checked') !== '' && checked === undefined) {
    return refuse(`expected yes or no but received "${text('checked')}"`);
  }
  const subject = textOf(written('subject'));
  return {
    file,
    ...Object.assign({}, ...attributes),
    ...(subject && { subject }),
    ...(split && { split }),
    ...(fold !== undefined && { fold }),
    ...(box && { box, ...(checked && { checked }) }),
    groups: Object.fromEntries(
      groups
        .map(({ name, place }) => [name, textOf(record[place] ?? '')])
        .filter(([, value]) => value !== ''),
    ),
  };
}

const textOf = (value: string) => (NOT_KNOWN_TEXT.has(value) ? '' : value);

/** @returns undefined when there is none, null when it is no box */
function readBox(texts: readonly string[]): BoundingBox | undefined | null {
  if (texts.every((text) => text === '')) return undefined;
  const [x = Number.NaN, y = Number.NaN, width = 0, height = 0] = texts.map((text) =>
    text === '' ? Number.NaN : Number(text),
  );
  if (!Number.isFinite(x + y + width + height) || width <= 0 || height <= 0) return null;
  // A box may begin a little outside the photo.
  const [left, top] = [Math.max(0, x), Math.max(0, y)];
  const box = { x: left, y: top, width: width - (left - x), height: height - (top - y) };
  return box.width > 0 && box.height > 0 ? box : null;
}
