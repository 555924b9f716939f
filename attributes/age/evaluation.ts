import * as z from 'zod';
import type { AttributeEvaluation, Figure, Statistic } from '../evaluation.ts';
import { averageOf, known } from '../faces.ts';
import { AGE_BANDS, bandOf } from './bands.ts';
import { ageGroupOf, groupOf, isInGroup } from './group.ts';
import type { AgeLabel } from './label.ts';
import { AGE_GROUPS, ageSchema } from './result.ts';

/** Analysts other than facedrop may give only years. */
const answer = ageSchema
  .pick({ years: true, group: true })
  .extend(ageSchema.pick({ low: true, high: true, groups: true }).partial().shape);
type AgeAnswer = Readonly<z.infer<typeof answer>>;

type Face = AgeLabel & { readonly said?: { readonly age?: AgeAnswer | undefined } | undefined };

const share = z.number().min(0).max(1).optional();
const measures = {
  /** Mean absolute error of the age, in years. */
  meanAbsoluteError: z.number().min(0).optional(),
  /** Share whose age group is right. */
  exact: share,
  /** Share whose age group is right or next to it. */
  oneOff: share,
  /** The same two of only those faces whose labelled age lies within a group's own bounds: the groups have gaps. */
  exactInGroup: share,
  oneOffInGroup: share,
  /** Share whose age lies in the 80 % interval. */
  covered: share,
  /** Mean width of the 80 % interval, in years. */
  width: z.number().min(0).optional(),
  /** For labels that are a range: share whose age lies in it, and mean distance from it, in years. */
  inRange: share,
  outside: z.number().min(0).optional(),
  /** Share of those under 18 whose estimate is 18 or more, and of adults whose estimate is lower. */
  minorsAsAdults: share,
  adultsAsMinors: share,
};

/** The age of majority almost everywhere. */
const MAJORITY = 18;
/** A range that holds more years than this says too little of an age to ask whether an interval holds it. */
const WIDEST_RANGE = 15;

const STATISTICS = [
  {
    name: 'meanAbsoluteError',
    title: 'Mean absolute error',
    short: 'years off',
    column: 'years off',
    chart: 'Mean absolute error of the age, years (less is better)',
    ofAnswered: 'the years off (the mean absolute error)',
    unit: 'years',
    more: false,
    margin: 'years',
    of(face: Face) {
      const error = errorOf(face);
      return error === undefined ? undefined : Math.abs(error);
    },
  },
  // Benchmarks such as Adience's label ranges of ages: there are no errors in years to compare.
  {
    name: 'exact',
    title: 'Right age group',
    short: 'exact %',
    column: 'exact %',
    chart: 'Right age group, %',
    unit: '%',
    more: true,
    margin: 'share',
    of(face: Face) {
      const distance = groupDistance(face);
      return distance === undefined ? undefined : Number(distance === 0);
    },
  },
] as const satisfies readonly Statistic[];

const FIGURES: readonly Figure[] = [
  ...STATISTICS,
  {
    name: 'oneOff',
    title: 'One-off accuracy',
    short: 'one-off %',
    column: 'one-off %',
    chart: 'One age group off at most, %',
    unit: '%',
    more: true,
  },
  {
    name: 'exactInGroup',
    title: 'Right age group, of ages within a group',
    column: 'exact* %',
    unit: '%',
    more: true,
  },
  {
    name: 'oneOffInGroup',
    title: 'One-off accuracy, of ages within a group',
    column: 'one-off* %',
    unit: '%',
    more: true,
  },
  {
    name: 'covered',
    title: 'In the 80 % interval',
    short: 'covered %',
    column: 'covered %',
    ofAnswered: 'the share within the interval',
    unit: '%',
    more: true,
  },
  {
    name: 'width',
    title: 'Width of the 80 % interval',
    column: 'interval',
    ofAnswered: 'the width of the interval',
    unit: 'years',
    more: false,
  },
  {
    name: 'inRange',
    title: 'In the labelled range',
    column: 'in range %',
    chart: 'Age in the labelled range, %',
    unit: '%',
    more: true,
  },
  {
    name: 'outside',
    title: 'Years outside the labelled range',
    column: 'outside',
    ofAnswered: 'the years outside a range',
    unit: 'years',
    more: false,
  },
  {
    name: 'minorsAsAdults',
    title: 'Under 18 estimated as 18 or more',
    column: 'minors as adults %',
    chart: 'Under 18 estimated as 18 or more, % (less is better)',
    ofAnswered: 'the minors estimated as adults',
    unit: '%',
    more: false,
  },
  {
    name: 'adultsAsMinors',
    title: 'Adults estimated as under 18',
    column: 'adults as minors %',
    chart: 'Adults estimated as under 18, % (less is better)',
    ofAnswered: 'the adults estimated as minors',
    unit: '%',
    more: false,
  },
];

export const ageEvaluation = {
  answer,
  plural: 'ages',
  measures,
  measure(faces: readonly Face[]) {
    const isTold = faces.some(({ said }) => said?.age);
    const all = isTold ? known(faces, groupDistance) : [];
    // A face whose age lies in a gap between two groups has none, by the benchmark's own convention.
    const within = isTold ? known(faces.filter(hasGroup), groupDistance) : [];
    return {
      ...averageOf('meanAbsoluteError', known(faces, errorOf).map(Math.abs)),
      ...averageOf('exact', all.map(isExact)),
      ...averageOf('oneOff', all.map(isOneOff)),
      ...averageOf('exactInGroup', within.map(isExact)),
      ...averageOf('oneOffInGroup', within.map(isOneOff)),
      ...averageOf('covered', known(faces, coverage)),
      ...averageOf('width', known(faces, widthOf)),
      ...averageOf('inRange', isTold ? known(faces, isInRange) : []),
      ...averageOf('outside', known(faces, outsideOf)),
      ...averageOf('minorsAsAdults', known(faces, minorAsAdult)),
      ...averageOf('adultsAsMinors', known(faces, adultAsMinor)),
    };
  },
  figures: FIGURES,
  notes: {
    report:
      'Right age groups are counted on all faces; an age between two groups counts as in the nearer one. "Of ages within a group" leaves out faces whose labelled age lies between two groups, as is usual on Adience, whose groups have gaps.',
    tables: [
      'Exact: in the right one of the eight age groups of the Adience benchmark; one-off: in it or next to it. An age between two groups counts as in the nearer one; with *, photos of such ages are left out, as is usual on Adience.',
      'Covered: the labelled age lies in the 80 % interval, whose mean width in years is in the column beside it; for a labelled range, the share of its years that do.',
      'In range, outside: if labels are ranges, whether the age lies in the range, and by how many years it misses it on average.',
      'Minors as adults: people under 18 who are estimated to be 18 or more; adults as minors: the reverse. Labelled ranges that include both count for neither.',
    ],
  },
  statistics: STATISTICS,
  classes: AGE_GROUPS,
  labelledClass: ({ age }: Face) => (age === undefined ? undefined : ageGroupOf(age)),
  saidClass: ({ said }: Face) => said?.age?.group,
  groups: AGE_BANDS.map(({ value }) => value),
  groupOf: ({ age }: Face) => (age === undefined ? undefined : AGE_BANDS[bandOf(age)]?.value),
  /** By how many years it is off the label, or off the range that the label names. */
  wrongness({ age, ageRange, said }: Face) {
    if (!said?.age || age === undefined) return 0;
    const { low, high } = ageRange ?? { low: age, high: age };
    return Math.max(0, low - said.age.years, said.age.years - high);
  },
  describe({ age, ageRange, said }: Face) {
    const label = ageRange ? `${ageRange.low}–${ageRange.high}` : age;
    const second = secondGuess(said?.age);
    return `${said?.age?.years.toFixed(0)} (${said?.age?.low?.toFixed(0)}–${said?.age?.high?.toFixed(0)})${second ? `, or ${second}` : ''}, labelled ${label}`;
  },
  drawing: {
    kind: 'number',
    unit: 'years',
    oneUnit: 'a year',
    labelled: 'labelled age',
    above: 'estimated too old',
    aboveSentence: 'Above 0, people are estimated as older than they are.',
    step: 10,
    least: 0,
    countStep: 5,
    valueOf: ({ age }: AgeLabel) => age,
    saidOf: ({ said }: Face) => said?.age?.years,
    errorOf,
  },
} as const satisfies AttributeEvaluation;

const hasGroup = ({ age }: AgeLabel) => age !== undefined && isInGroup(age);
const isExact = (distance: number) => distance === 0;
const isOneOff = (distance: number) => distance <= 1;

/** The age group that is the most probable but one: what a model would say next. */
export function secondGuess(said: AgeAnswer | undefined): AgeAnswer['group'] | undefined {
  const groups = said?.groups;
  if (!groups) return undefined;
  const [, second] = AGE_GROUPS.toSorted((one, other) => groups[other] - groups[one]);
  return second;
}

/**
 * How many years an answer is off. Unknown where the label only names a range of ages.
 * @returns undefined without a labelled age or an answer
 */
function errorOf({ age, ageRange, said }: Face): number | undefined {
  if (age === undefined || ageRange || !said?.age) return undefined;
  return said.age.years - age;
}

/**
 * How many age groups an answer is off.
 * @returns infinity without an answer; undefined without a labelled age
 */
function groupDistance({ age, said }: Face): number | undefined {
  if (age === undefined) return undefined;
  return said?.age ? Math.abs(AGE_GROUPS.indexOf(said.age.group) - groupOf(age)) : Number.POSITIVE_INFINITY;
}

/**
 * How much of what is labelled lies in the answer's interval, 0 to 1. Ages are whole years: half a year on each side is the
 * same one. For a range, the share of its years, as each is as likely as the others.
 */
function coverage({ age, ageRange, said }: Face): number | undefined {
  const { low, high } = said?.age ?? {};
  if (age === undefined || low === undefined || high === undefined) return undefined;
  const holds = (year: number) => low - 0.5 <= year && year <= high + 0.5;
  if (!ageRange) return Number(holds(age));
  const years = Array.from({ length: ageRange.high - ageRange.low + 1 }, (_, year) => ageRange.low + year);
  return years.length > WIDEST_RANGE ? undefined : years.filter(holds).length / years.length;
}

function widthOf({ said }: Face): number | undefined {
  const { low, high } = said?.age ?? {};
  return low === undefined || high === undefined ? undefined : high - low;
}

/** Whether the estimated years lie in the labelled range. */
function isInRange({ ageRange, said }: Face): boolean | undefined {
  if (!ageRange) return undefined;
  const years = Math.round(said?.age?.years ?? Number.NaN);
  return ageRange.low <= years && years <= ageRange.high;
}

/** Years are whole ones: half a year beyond the range is none. */
function outsideOf({ ageRange, said }: Face): number | undefined {
  if (!ageRange || !said?.age) return undefined;
  const { years } = said.age;
  return Math.max(0, ageRange.low - 0.5 - years, years - ageRange.high - 0.5);
}

function minorAsAdult({ age, ageRange, said }: Face): boolean | undefined {
  const oldest = ageRange?.high ?? age;
  if (oldest === undefined || oldest >= MAJORITY || !said?.age) return undefined;
  return isToldAdult(said.age);
}

function adultAsMinor({ age, ageRange, said }: Face): boolean | undefined {
  const youngest = ageRange?.low ?? age;
  if (youngest === undefined || youngest < MAJORITY || !said?.age) return undefined;
  return !isToldAdult(said.age);
}

/** As people read it: in whole years. */
const isToldAdult = ({ years }: AgeAnswer) => Math.round(years) >= MAJORITY;
