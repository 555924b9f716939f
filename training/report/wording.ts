import type { Figure } from '../../attributes/evaluation.ts';
import { attributeOf, isAttribute, type Task } from '../../attributes/list.ts';
import type { Measures } from '../../models/card.ts';
import type { Group } from '../evaluation/groups.ts';
import { measureOf } from '../evaluation/measures.ts';

/** The figures of a task that are known of at least one of several. */
export const figuresOf = (task: Task, measures: readonly Measures[]): Figure[] =>
  attributeOf(task).evaluation.figures.filter(({ name }) =>
    measures.some((known) => measureOf(known, name) !== undefined),
  );

/** "4.81" or "66.2" */
export const formatFigure = (
  { name, unit }: Pick<Figure, 'name' | 'unit'>,
  measures: Measures | undefined,
): string => {
  const value = measureOf(measures, name);
  if (value === undefined) return '–';
  return unit === '%' ? (100 * value).toFixed(1) : value.toFixed(2);
};

/** "Age" */
export const capitalise = (text: string): string => `${text.charAt(0).toUpperCase()}${text.slice(1)}`;

export const formatCount = (number: number): string => number.toLocaleString('en');

/** "1 January 2026 at 12:00 UTC" */
export const formatTime = (instant: string): string =>
  `${new Date(instant).toLocaleString('en-GB', { timeZone: 'UTC', dateStyle: 'long', timeStyle: 'short' })} UTC`;

/** "elderly, 60 and older" of an attribute, or "race: Asian" of a column of the labels. */
export const formatGroup = ({ column, value }: Group): string =>
  isAttribute(column) ? value : `${column}: ${value}`;
