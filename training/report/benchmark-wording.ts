import type { LearnedAttribute } from '../../attributes/attribute.ts';
import type { Figure } from '../../attributes/evaluation.ts';
import { enumerate } from '../../attributes/words.ts';
import type { Measures } from '../../models/card.ts';
import type { AnalystResult, ScopeComparison } from '../evaluation/benchmark.ts';
import { measureOf } from '../evaluation/measures.ts';
import { comparedOf, type Loss } from '../evaluation/robustness.ts';
import { formatP, formatSigned, unitOfDifference } from '../evaluation/statistic.ts';
import { formatCount, formatFigure } from './wording.ts';

type Attributes = readonly LearnedAttribute[];

export const figuresOf = (attributes: Attributes): readonly Figure[] =>
  attributes.flatMap(({ evaluation }) => evaluation.figures);

interface MeasureColumn extends Pick<Figure, 'name' | 'unit'> {
  readonly title: string;
}

const FOUND: MeasureColumn = { title: 'found %', name: 'found', unit: '%' };

/** The columns of a table that compares analysts: every figure that is known of one of them. */
export const columnsOf = ({ attributes, results, groups }: ScopeComparison): readonly MeasureColumn[] => {
  const all = [
    ...results.map(({ scope }) => scope.overall),
    ...groups.flatMap(({ results }) => results.map(({ measures }) => measures)),
  ];
  const columns = figuresOf(attributes).map(({ column, name, unit }) => ({ title: column, name, unit }));
  return [FOUND, ...columns].filter(({ name }) =>
    all.some((measures) => measureOf(measures, name) !== undefined),
  );
};

const isAmong =
  (columns: readonly MeasureColumn[]) =>
  ({ name }: Figure): boolean =>
    columns.some((column) => column.name === name);

/** The attributes that a column is about. */
export const shownIn = (columns: readonly MeasureColumn[], attributes: Attributes): Attributes =>
  attributes.filter(({ evaluation }) => evaluation.figures.some(isAmong(columns)));

/** What the columns are. */
export function explain(columns: readonly MeasureColumn[], attributes: Attributes): readonly string[] {
  const figures = figuresOf(attributes).filter(isAmong(columns));
  const ofAnswered = new Set(figures.flatMap((figure) => figure.ofAnswered ?? []));
  const but = ofAnswered.size > 0 ? ` but ${enumerate([...ofAnswered])}` : '';
  return [
    `A face that is not found counts as wrong in every figure${but}.`,
    ...shownIn(columns, attributes).flatMap(({ evaluation }) => evaluation.notes.tables ?? []),
  ];
}

/** Faces, and the figures of the columns. */
export const measureCells = (measures: Measures, columns: readonly MeasureColumn[]): string[] => [
  formatCount(measures.faces),
  ...columns.map((column) => formatFigure(column, measures)),
];

/** A table with its title. */
export interface Table {
  readonly title: string;
  readonly columns: readonly string[];
  /** The first cell of each is what the row is of. */
  readonly rows: readonly (readonly string[])[];
}

/** By how much each analyst is off, and in which direction, by what is labelled: of each number a table. */
export const errorTables = ({ name, attributes, results }: ScopeComparison): Table[] =>
  attributes.flatMap(({ name: attribute, evaluation: { drawing } }) => {
    if (drawing.kind !== 'number') return [];
    const { step, unit, labelled } = drawing;
    const ranges = results.map(
      ({ scope }) => scope.errors.find((each) => each.attribute === attribute)?.ranges,
    );
    const starts = [...new Set(ranges.flatMap((each) => each?.map(({ from }) => from) ?? []))];
    if (starts.length === 0) return [];
    return [
      {
        title: `${name}: bias by ${labelled}, in ${unit} (in parentheses the mean absolute error)`,
        columns: [labelled, ...results.flatMap(({ analyst }) => ['faces', analyst.name])],
        rows: starts
          .sort((one, other) => one - other)
          .map((from) => [
            nameRange(from, step),
            ...ranges.flatMap((each) => {
              const range = each?.find((one) => one.from === from);
              if (!range) return ['0', '–'];
              return [
                formatCount(range.faces),
                `${signed(range.bias, 1)} (${range.meanAbsoluteError.toFixed(1)})`,
              ];
            }),
          ]),
      },
    ];
  });

/** "20 to 29", "1.6 to 2" */
const nameRange = (from: number, step: number): string =>
  step < 1
    ? `${Number(from.toFixed(6))} to ${Number((from + step).toFixed(6))}`
    : `${from} to ${from + step - 1}`;

/** The first analyst less each other one, on the faces that both answer. */
export function comparisonTable({ name, attributes, results }: ScopeComparison): Table | undefined {
  const [first] = results;
  const rows = results.flatMap(({ analyst }) =>
    (analyst.comparisons ?? [])
      .filter(({ scope }) => scope === name)
      .flatMap(({ statistic, difference }) => {
        const figure = comparedOf(attributes).find((each) => each.name === statistic);
        if (!figure) return [];
        const { mean, low, high, p, faces } = difference;
        return [
          [
            `${withoutPercent(figure.column)}, ${unitOfDifference(figure)}`,
            analyst.name,
            formatSigned(figure, mean),
            `${formatSigned(figure, low)} to ${formatSigned(figure, high)}`,
            formatP(p).replace(/^= /, ''),
            formatCount(faces),
          ],
        ];
      }),
  );
  if (!first || rows.length === 0) return undefined;
  return {
    title: `${name}: ${first.analyst.name} minus the others`,
    columns: ['difference', 'minus', 'mean', '95 % interval', 'p', 'faces'],
    rows,
  };
}

export const formatCpu = ({ cpu }: AnalystResult): string => cpu.toFixed(0);

const withoutPercent = (title: string) => title.replace(/ %$/, '');

/** What losses are counted in: "points; years" */
export const lossUnits = (attributes: Attributes): string =>
  [...new Set(comparedOf(attributes).map(unitOfDifference))].join('; ');

export const lossTitles = (attributes: Attributes): readonly string[] => [
  ...comparedOf(attributes).map(({ column }) => withoutPercent(column)),
  'not found %',
];

/** Points of right answers lost, numbers further off, and per cent of the faces no longer found. */
export const lossCells = (loss: Loss, attributes: Attributes): string[] => [
  ...comparedOf(attributes).map(({ name, unit }) => {
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
export function describeMirror(
  { name, robustness }: AnalystResult,
  attributes: Attributes,
): string | undefined {
  const sentences = (robustness?.mirrors ?? []).flatMap(({ attribute, median, percentile95, withinOne }) => {
    const { plural, drawing } = attributes.find((each) => each.name === attribute)?.evaluation ?? {};
    if (drawing?.kind !== 'number') return [];
    return [
      `${name}: the ${plural} of a photo and its mirror image are ${median.toFixed(2)} ${drawing.unit} apart in the median, ${percentile95.toFixed(2)} in the 95th percentile; ${(100 * withinOne).toFixed(1)} % agree within ${drawing.oneUnit}.`,
    ];
  });
  return sentences.length > 0 ? sentences.join(' ') : undefined;
}
