import type { Figure } from '../../attributes/evaluation.ts';
import { attributeOf, EVERY_ATTRIBUTE } from '../../attributes/list.ts';
import type { Measures } from '../../models/card.ts';
import type { AnalystResult } from '../evaluation/benchmark.ts';
import { measureOf } from '../evaluation/measures.ts';
import { COMPARED, type Loss } from '../evaluation/robustness.ts';
import { unitOfDifference } from '../evaluation/statistic.ts';
import { formatCount, formatFigure } from './wording.ts';

/** The figures of all attributes. */
export const FIGURES: readonly Figure[] = EVERY_ATTRIBUTE.flatMap(({ evaluation }) => evaluation.figures);

const FOUND = { title: 'found %', name: 'found', unit: '%' };

/** The columns of the tables that compare analysts. */
export const MEASURE_COLUMNS = [
  FOUND,
  ...FIGURES.map(({ column, name, unit }) => ({ title: column, name, unit })),
];

const ofAnswered = FIGURES.flatMap((figure) => figure.ofAnswered ?? []);

/** What the columns are. */
export const EXPLANATION: readonly string[] = [
  `A face that is not found counts as wrong in every figure${ofAnswered.length > 0 ? ` but ${ofAnswered.join(' and ')}` : ''}.`,
  ...EVERY_ATTRIBUTE.flatMap(({ evaluation }) => evaluation.notes.tables ?? []),
];

/** Faces, and every figure. */
export const measureCells = (measures: Measures): string[] => [
  formatCount(measures.faces),
  ...MEASURE_COLUMNS.map((column) => formatFigure(column, measures)),
];

export const formatCpu = ({ cpu }: AnalystResult): string => cpu.toFixed(0);

const withoutPercent = (title: string) => title.replace(/ %$/, '');

/** What losses are counted in: "points; years" */
export const LOSS_UNITS = [...new Set(COMPARED.map(unitOfDifference))].join('; ');

export const LOSS_TITLES: readonly string[] = [
  ...COMPARED.map(({ column }) => withoutPercent(column)),
  'not found %',
];

/** Points of right answers lost, numbers further off, and per cent of the faces not found any more. */
export const lossCells = (loss: Loss): string[] => [
  ...COMPARED.map(({ name, unit }) => {
    const value = measureOf(loss, name);
    return unit === '%' ? signed(value === undefined ? undefined : -100 * value, 1) : signed(value, 2);
  }),
  (100 * loss.lost).toFixed(1),
];

function signed(value: number | undefined, digits: number): string {
  if (value === undefined) return '–';
  const text = Math.abs(value).toFixed(digits);
  if (Number(text) === 0) return text;
  return `${value < 0 ? '−' : '+'}${text}`;
}

/** "The ages of a photo and its mirror image are 0.40 years apart in the median …", of each number. */
export function describeMirror({ name, robustness }: AnalystResult): string | undefined {
  const sentences = (robustness?.mirrors ?? []).flatMap(({ attribute, median, percentile95, withinOne }) => {
    const { plural, drawing } = attributeOf(attribute).evaluation;
    if (drawing.kind !== 'number') return [];
    return [
      `${name}: the ${plural} of a photo and its mirror image are ${median.toFixed(2)} ${drawing.unit} apart in the median, ${percentile95.toFixed(2)} in the 95th percentile; ${(100 * withinOne).toFixed(1)} % agree within ${drawing.oneUnit}.`,
    ];
  });
  return sentences.length > 0 ? sentences.join(' ') : undefined;
}
