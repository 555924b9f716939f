import type { BoundingBox } from '../../../vision/engine.ts';
import type { LabelledPhoto } from '../label.ts';
import { DatasetError } from '../problem.ts';
import { fileName, folderName, type Layout } from './layout.ts';
import { type MatValue, readMatFile } from './mat-file.ts';

const FILE = /^(imdb|wiki)\.mat$/;
/** MATLAB counts days from the year 0, JavaScript from 1970. */
const DAYS_TO_1970 = 719_529;
const DAY = 86_400_000;

/**
 * IMDB-WIKI: `imdb.mat` or `wiki.mat`, a struct of equally long fields, and photos beside it. The age is that in
 * the middle of the year in which the photo was taken, as the set's authors have it. Photos in which their
 * detector found no face, or a second one, are left out: it is not known who is who.
 */
export const imdbWiki: Layout = {
  name: 'IMDB-WIKI',
  expected: 'imdb.mat or wiki.mat, as in IMDB-WIKI',
  matches: (names) => names.some((name) => FILE.test(fileName(name))),
  read: async (folder, names, problems) => {
    const photos: LabelledPhoto[] = [];
    for (const file of names.filter((name) => FILE.test(fileName(name)))) {
      const variable = fileName(file).replace('.mat', '');
      const struct = readMatFile(await folder.read(file), file).get(variable);
      if (struct?.kind !== 'struct') {
        throw new DatasetError(
          `Expected a struct "${variable}" in ${file} of ${folder.description} but there is none.`,
        );
      }
      const columns = new Columns(struct.fields, file);
      const cropped = /crop/i.test(folder.name + folderName(file));
      for (let index = 0; index < columns.length; index += 1) {
        const path = columns.text('full_path', index);
        if (Number.isFinite(columns.number('second_face_score', index))) {
          problems.add('several-faces', `${path} (left out: it is not known who is meant)`);
          continue;
        }
        if (!Number.isFinite(columns.number('face_score', index))) {
          problems.add('no-face', path);
          continue;
        }
        const gender = columns.number('gender', index);
        const age = ageAt(columns.number('photo_taken', index), columns.number('dob', index));
        const box = cropped ? undefined : boxOf(columns.numbers('face_location', index));
        const subject = columns.subject(index);
        photos.push({
          file: folderName(file) + path,
          ...(age !== undefined && { age }),
          ...((gender === 0 || gender === 1) && { gender: gender === 0 ? 'F' : 'M' }),
          ...(box && { box }),
          ...(subject && { subject: `${variable}:${subject}` }),
          groups: {},
        });
      }
    }
    return photos;
  },
};

const NEEDED = [
  'dob',
  'photo_taken',
  'full_path',
  'gender',
  'face_location',
  'face_score',
  'second_face_score',
];

/** The struct's fields, which are as long as each other. */
class Columns {
  readonly length: number;
  readonly #fields: ReadonlyMap<string, MatValue>;

  constructor(fields: ReadonlyMap<string, MatValue>, file: string) {
    const missing = NEEDED.filter((name) => !fields.has(name));
    if (missing.length > 0) {
      throw new DatasetError(
        `Expected the fields ${NEEDED.join(', ')} in ${file} but there is no ${missing.join(', ')}; received: ${[...fields.keys()].join(', ')}.`,
      );
    }
    this.#fields = fields;
    const paths = fields.get('full_path');
    this.length = paths?.kind === 'cells' ? paths.cells.length : 0;
  }

  number(name: string, index: number): number {
    const field = this.#fields.get(name);
    return field?.kind === 'numbers' ? (field.numbers[index] ?? Number.NaN) : Number.NaN;
  }

  numbers(name: string, index: number): readonly number[] {
    const value = this.#cell(name, index);
    return value?.kind === 'numbers' ? value.numbers : [];
  }

  text(name: string, index: number): string {
    const value = this.#cell(name, index);
    return value?.kind === 'text' ? value.text : '';
  }

  /** IMDB numbers its celebrities; the people of Wikipedia have just names. */
  subject(index: number): string {
    const id = this.number('celeb_id', index);
    return Number.isFinite(id) ? String(id) : this.text('name', index);
  }

  #cell(name: string, index: number): MatValue | undefined {
    const field = this.#fields.get(name);
    return field?.kind === 'cells' ? field.cells[index] : undefined;
  }
}

/** @returns undefined when either is not known */
function ageAt(year: number, birth: number): number | undefined {
  const born = new Date((birth - DAYS_TO_1970) * DAY);
  const age = year - born.getUTCFullYear() - (born.getUTCMonth() < 6 ? 0 : 1);
  return Number.isFinite(age) ? age : undefined;
}

/** Left, top, right and bottom, from 1. */
function boxOf([left = Number.NaN, top = 0, right = 0, bottom = 0]: readonly number[]):
  | BoundingBox
  | undefined {
  const [x, y] = [Math.max(0, left - 1), Math.max(0, top - 1)];
  const box = { x, y, width: right - 1 - x, height: bottom - 1 - y };
  return box.width > 0 && box.height > 0 ? box : undefined;
}
