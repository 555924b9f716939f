import type { Figure, Statistic } from '../../attributes/evaluation.ts';
import { attributeOf, nameOf, type Task } from '../../attributes/list.ts';
import type { Difference } from './bootstrap.ts';

type Unit = Pick<Figure, 'unit'>;

/**
 * What models of a task are compared by.
 * @param name of one of the attribute's statistics
 */
export function statisticOf(task: Task, name: string): Statistic {
  const statistic = attributeOf(task).evaluation.statistics.find((each) => each.name === name);
  if (!statistic)
    throw new Error(`Expected what models of ${nameOf(task)} are compared by but received ${name}.`);
  return statistic;
}

/** Differences of shares are in percentage points, others in the figure's own unit. */
export const unitOfDifference = ({ unit }: Unit): string => (unit === '%' ? 'points' : unit);

/** "0.42 years" or "1.3 points" */
export const formatAmount = (figure: Unit, value: number): string =>
  `${formatNumber(figure, value)} ${unitOfDifference(figure)}`.trimEnd();

/** "Mean absolute error −0.42 years (95 % interval −0.61 to −0.23, p < 0.001, 1,159 faces)" */
export function formatDifference(statistic: Statistic, { mean, low, high, p, faces }: Difference): string {
  return `${statistic.title.toLowerCase()} ${formatSign(mean)}${formatAmount(statistic, mean)} (95 % interval ${formatSigned(statistic, low)} to ${formatSigned(statistic, high)}, p ${formatP(p)}, ${faces.toLocaleString('en')} faces)`;
}

/** "−0.42": in the unit of differences. */
export const formatSigned = (figure: Unit, value: number): string =>
  `${formatSign(value)}${formatNumber(figure, value)}`;

/** "= 0.012" or "< 0.001" */
export const formatP = (p: number): string => (p < 0.001 ? '< 0.001' : `= ${p.toFixed(3)}`);

const formatSign = (value: number) => (value < 0 ? '−' : '+');
const formatNumber = ({ unit }: Unit, value: number) =>
  unit === '%' ? (100 * Math.abs(value)).toFixed(1) : Math.abs(value).toFixed(2);
