import type { Measures } from '../../models/card.ts';
import type { AnalystResult } from '../evaluation/benchmark.ts';
import type { Loss } from '../evaluation/robustness.ts';
import { formatCount, formatFigure } from './wording.ts';

/** A column of the tables that compare analysts. */
export interface MeasureColumn {
  readonly title: string;
  readonly name: keyof Measures;
  readonly unit: '%' | 'years';
}

export const MEASURE_COLUMNS: readonly MeasureColumn[] = [
  { title: 'found %', name: 'found', unit: '%' },
  { title: 'years off', name: 'meanAbsoluteError', unit: 'years' },
  { title: 'exact %', name: 'exact', unit: '%' },
  { title: 'one off %', name: 'oneOff', unit: '%' },
  { title: 'exact* %', name: 'exactInGroup', unit: '%' },
  { title: 'one off* %', name: 'oneOffInGroup', unit: '%' },
  { title: 'gender %', name: 'gender', unit: '%' },
  { title: 'covered %', name: 'covered', unit: '%' },
];

/** What the columns are. */
export const EXPLANATION = [
  'A face that is not found counts as wrong in every figure but the years off (the mean absolute error) and the covered.',
  'Exact: in the right one of the eight age groups of the Adience benchmark; one off: in it or next to it. They count an age between two groups to the nearer one; with *, photos of such ages are left out, as is usual on Adience.',
  'Covered: the labelled age lies in the 80 % interval.',
] as const;

/** Faces, and every figure. */
export const measureCells = (measures: Measures): string[] => [
  formatCount(measures.faces),
  ...MEASURE_COLUMNS.map((column) => formatFigure(column, measures)),
];

export const formatCpu = ({ cpu }: AnalystResult): string => cpu.toFixed(0);

export const LOSS_TITLES = ['exact', 'gender', 'years off', 'not found %'] as const;

/** Points of right age groups and genders lost, years more, and per cent of the faces not found any more. */
export const lossCells = ({ exact, gender, meanAbsoluteError, lost }: Loss): string[] => [
  signed(exact === undefined ? undefined : -100 * exact, 1),
  signed(gender === undefined ? undefined : -100 * gender, 1),
  signed(meanAbsoluteError, 2),
  (100 * lost).toFixed(1),
];

function signed(value: number | undefined, digits: number): string {
  if (value === undefined) return '–';
  const text = Math.abs(value).toFixed(digits);
  if (Number(text) === 0) return text;
  return `${value < 0 ? '−' : '+'}${text}`;
}

/** "A photo and its mirror image: 0.4 years apart in the median …" */
export function describeMirror({ name, robustness }: AnalystResult): string | undefined {
  const mirror = robustness?.mirror;
  if (!mirror) return undefined;
  const { median, percentile95, withinYear } = mirror;
  return `${name}: the ages of a photo and its mirror image are ${median.toFixed(2)} years apart in the median, ${percentile95.toFixed(2)} in the 95th percentile; ${(100 * withinYear).toFixed(1)} % agree within a year.`;
}
