import { sum } from 'd3-array';
import { areVotes, type ExpressionLabel, labelOfVotes } from '../../../attributes/expression/label.ts';
import { EXPRESSIONS } from '../../../attributes/expression/result.ts';
import type { BoundingBox } from '../../../vision/engine.ts';
import type { LabelledPhoto, Split } from '../label.ts';
import { readRows } from './dialect.ts';
import { fileName, folderName, type Layout } from './layout.ts';

const LABELS = 'label.csv';
/** The set's own folders, each with its labels. */
const SPLITS: ReadonlyMap<string, Split> = new Map([
  ['FER2013Train', 'train'],
  ['FER2013Valid', 'validation'],
  ['FER2013Test', 'test'],
]);
/** Taggers may also choose "unknown" and "not a face". */
const CHOICES = EXPRESSIONS.length + 2;

const splitOf = (file: string): Split | undefined =>
  fileName(file) === LABELS ? SPLITS.get(fileName(folderName(file).slice(0, -1))) : undefined;

/**
 * FER+, as its own program writes it: `FER2013Train/label.csv`, without a line of names, and the pictures beside it.
 * A line has the picture's name, the box of the face in it, and how many of ten taggers chose each expression, "unknown"
 * and "not a face". Faces that fewer than half agree on are left out.
 */
export const ferPlus: Layout = {
  name: 'FER+',
  expected: `FER2013Train/${LABELS}, FER2013Valid/${LABELS} and FER2013Test/${LABELS}, as in FER+`,
  matches: (names) => names.some((name) => splitOf(name) !== undefined),
  read: async (folder, names, problems) => {
    const photos: LabelledPhoto[] = [];
    for (const file of names) {
      const split = splitOf(file);
      if (!split) continue;
      for (const { record, line } of readRows(new TextDecoder().decode(await folder.read(file)))) {
        const [picture = '', box = '', ...cells] = record;
        const label = readVotes(cells);
        const place = readBox(box);
        if (!label || !place) {
          const expected = `a picture, its box and ${CHOICES} numbers of votes`;
          problems.add(
            'invalid-value',
            `${file}, line ${line}: expected ${expected} but received "${record.join(', ')}"`,
          );
        } else if (label.expression) {
          photos.push({ file: folderName(file) + picture, ...label, split, ...place, groups: {} });
        } else problems.add('undecided', picture);
      }
    }
    return photos;
  },
};

function readVotes(cells: readonly string[]): ExpressionLabel | undefined {
  const all = cells.map(Number);
  if (all.length !== CHOICES || !areVotes(all)) return undefined;
  return labelOfVotes(all.slice(0, EXPRESSIONS.length), sum(all));
}

/** "(0, 0, 48, 48)": from and to; people looked at what is in it. */
function readBox(text: string): { readonly box: BoundingBox; readonly checked: true } | undefined {
  const [, left, top, right, bottom] = /^\((\d+), ?(\d+), ?(\d+), ?(\d+)\)$/.exec(text) ?? [];
  const [x, y] = [Number(left), Number(top)];
  const [width, height] = [Number(right) - x, Number(bottom) - y];
  return width > 0 && height > 0 ? { box: { x, y, width, height }, checked: true } : undefined;
}
