import type { Measures, Task } from '../../models/card.ts';
import type { Group } from '../evaluation/groups.ts';
import { FIGURES } from '../evaluation/statistic.ts';

export type Figure = (typeof FIGURES)[Task][number];

/** The figures of a task that are known of at least one of several. */
export const figuresOf = (task: Task, measures: readonly Measures[]): Figure[] =>
  FIGURES[task].filter(({ name }) => measures.some((known) => known[name] !== undefined));

/** "4.81" or "66.2" */
export const formatFigure = (
  { name, unit }: Pick<Figure, 'name' | 'unit'>,
  measures: Measures | undefined,
): string => {
  const value = measures?.[name];
  if (value === undefined) return '–';
  return unit === 'years' ? value.toFixed(2) : (100 * value).toFixed(1);
};

export const formatCount = (number: number): string => number.toLocaleString('en');

/** "1 January 2026 at 12:00 UTC" */
export const formatTime = (instant: string): string =>
  `${new Date(instant).toLocaleString('en-GB', { timeZone: 'UTC', dateStyle: 'long', timeStyle: 'short' })} UTC`;

/** "elderly, 60 and older", or "race: Asian" of a column of the labels. */
export const formatGroup = ({ column, value }: Group): string =>
  column === 'age' || column === 'gender' ? value : `${column}: ${value}`;
