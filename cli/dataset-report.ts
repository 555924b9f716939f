import { max, min, sum } from 'd3-array';
import pc from 'picocolors';
import { numberOf } from '../attributes/cell.ts';
import { EVERY_ATTRIBUTE } from '../attributes/list.ts';
import type { DatasetIndex } from '../training/dataset/catalogue.ts';
import type { LabelledPhoto } from '../training/dataset/label.ts';
import { type DatasetProblem, describeProblem } from '../training/dataset/problem.ts';
import { count, printable } from './command.ts';

/** Values of a column that are listed. */
const MOST = 12;

/** What a data set holds, in a few lines. */
export function describeDataset({ layout, photos, files }: DatasetIndex): string {
  const subjects = new Set(photos.flatMap(({ subject }) => subject ?? []));
  const groups = [...new Set(photos.flatMap((photo) => Object.keys(photo.groups)))];
  const bytes = sum(files, ({ size }) => size);
  const lines = [
    `${count(photos.length, 'label')} of ${count(files.length, 'photo')}, ${megabytes(bytes)}, read as ${layout}`,
    ...EVERY_ATTRIBUTE.filter(
      ({ optIn, learning }) => !optIn || photos.some((photo) => learning.isLabelled({ ...photo })),
    ).map(
      ({ learning: { classes }, evaluation }) =>
        `${evaluation.plural.padEnd(8)} ${tallyOf(photos, (photo) => evaluation.labelledClass(photo), classes)}`,
    ),
    ...(subjects.size > 0 ? [`persons  ${subjects.size.toLocaleString('en')}`] : []),
    ...(photos.some(({ split }) => split)
      ? [`splits   ${tallyOf(photos, ({ split }) => split, ['train', 'validation', 'test'])}`]
      : []),
    ...groups.map((name) => `${printable(name).padEnd(8)} ${describeColumn(photos, name)}`),
  ];
  return lines.join('\n');
}

/** The least and the largest of many numbers, else how often there is what. */
function describeColumn(photos: readonly LabelledPhoto[], name: string): string {
  const cells = photos.flatMap((photo) => photo.groups[name] ?? []);
  const numbers = cells.flatMap((cell) => numberOf(cell) ?? []);
  if (numbers.length < cells.length || new Set(numbers).size <= MOST) return tally(cells);
  return `${numbers.length.toLocaleString('en')} from ${min(numbers)} to ${max(numbers)}`;
}

/** One line a problem, errors first. */
export function describeProblems(problems: readonly DatasetProblem[]): string[] {
  const { red, yellow } = pc.createColors(process.stderr.isTTY === true && pc.isColorSupported);
  return problems.map((problem) => {
    const text = printable(describeProblem(problem));
    return problem.severity === 'error' ? red(`✗ ${text}`) : yellow(`! ${text}`);
  });
}

export const megabytes = (bytes: number): string => `${(bytes / 1e6).toFixed(1)} MB`;

function tallyOf(
  photos: readonly LabelledPhoto[],
  read: (photo: LabelledPhoto) => string | undefined,
  order?: readonly string[],
): string {
  const values = photos.flatMap((photo) => read(photo) ?? []);
  return values.length === 0 ? 'none' : tally(values, order);
}

/** "M 12, F 13"; in order of frequency unless another one is given */
function tally(values: readonly string[], order?: readonly string[]): string {
  const counts = new Map<string, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  const names = order ?? [...counts].sort(([, one], [, other]) => other - one).map(([name]) => name);
  return names
    .filter((name) => counts.has(name))
    .slice(0, MOST)
    .map((name) => `${printable(name)} ${counts.get(name)?.toLocaleString('en')}`)
    .join(', ');
}
