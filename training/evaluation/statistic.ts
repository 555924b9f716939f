import type { Measures, Task } from '../../models/card.ts';
import type { Difference } from './bootstrap.ts';

/** What two models are compared by: errors in years, where less is better, or shares of right answers. */
export type Statistic = Extract<keyof Measures, 'meanAbsoluteError' | 'exact' | 'gender'>;

interface Wording {
  readonly title: string;
  /** For narrow columns; absent where it is not told in them. */
  readonly short?: string;
  readonly unit: 'years' | '%';
  /** Whether more of it is better. */
  readonly more: boolean;
}

export const STATISTICS: Readonly<Record<Statistic, Wording>> = {
  meanAbsoluteError: { title: 'Mean absolute error', short: 'years off', unit: 'years', more: false },
  exact: { title: 'Right age group', short: 'exact %', unit: '%', more: true },
  gender: { title: 'Right gender', short: 'right %', unit: '%', more: true },
};

/** The figures that are told of a task, the foremost first. */
export const FIGURES: Readonly<Record<Task, readonly (Wording & { readonly name: keyof Measures })[]>> = {
  age: [
    { name: 'meanAbsoluteError', ...STATISTICS.meanAbsoluteError },
    { name: 'exact', ...STATISTICS.exact },
    { name: 'oneOff', title: 'One off at most', short: 'one off %', unit: '%', more: true },
    {
      name: 'exactInGroup',
      title: 'Right age group, of ages within one',
      unit: '%',
      more: true,
    },
    {
      name: 'oneOffInGroup',
      title: 'One off at most, of ages within one',
      unit: '%',
      more: true,
    },
    { name: 'covered', title: 'In the 80 % interval', short: 'covered %', unit: '%', more: true },
  ],
  gender: [{ name: 'gender', ...STATISTICS.gender }],
};

/** What the two ways to count age groups are. */
export const GROUP_COUNTING =
  'Right age groups are counted of all faces, an age between two groups to the nearer one; "of ages within one" leaves out the faces whose labelled age lies between two groups, as is usual on Adience, whose groups have gaps.';

/** "0.42 years" or "1.3 points" */
export function formatAmount(statistic: Statistic, value: number): string {
  return `${formatNumber(statistic, value)} ${STATISTICS[statistic].unit === 'years' ? 'years' : 'points'}`;
}

/** "Mean absolute error −0.42 years (95 % interval −0.61 to −0.23, p < 0.001, 1,159 faces)" */
export function formatDifference(statistic: Statistic, { mean, low, high, p, faces }: Difference): string {
  return `${STATISTICS[statistic].title.toLowerCase()} ${formatSign(mean)}${formatAmount(statistic, mean)} (95 % interval ${formatSigned(statistic, low)} to ${formatSigned(statistic, high)}, p ${formatP(p)}, ${faces.toLocaleString('en')} faces)`;
}

/** "−0.42": years or percentage points. */
export const formatSigned = (statistic: Statistic, value: number): string =>
  `${formatSign(value)}${formatNumber(statistic, value)}`;

/** "= 0.012" or "< 0.001" */
export const formatP = (p: number): string => (p < 0.001 ? '< 0.001' : `= ${p.toFixed(3)}`);

const formatSign = (value: number) => (value < 0 ? '−' : '+');
const formatNumber = (statistic: Statistic, value: number) =>
  STATISTICS[statistic].unit === 'years' ? Math.abs(value).toFixed(2) : (100 * Math.abs(value)).toFixed(1);
