import * as Plot from '@observablehq/plot';
import type { NumberDrawing } from '../../attributes/evaluation.ts';
import type { Markup } from '../../support/markup.ts';
import type { RangeErrors } from '../evaluation/evaluation.ts';
import { groupNames, plot, SERIES } from './charts.ts';

/** The charts that compare analysts, as SVG. */

const COLOURS = [...SERIES, 'var(--fourth)', 'var(--fifth)', 'var(--sixth)'] as const;

/** An analyst's colour, by its place in the benchmark. */
export const colourOf = (place: number): string => COLOURS[place % COLOURS.length] ?? SERIES[0];

/** A figure of an analyst; shares are from 0 to 1. */
export interface Value {
  readonly analyst: string;
  readonly colour: string;
  readonly value: number;
}

/** One figure of every analyst. */
export function analystBars(
  rows: readonly Value[],
  title: string,
  { percent, digits }: { readonly percent: boolean; readonly digits: number },
): Markup {
  return plot(title, {
    height: 46 * rows.length,
    ...{ marginTop: 0, marginBottom: 0, marginLeft: 0, marginRight: 44 },
    x: { percent, axis: null, domain: [0, percent ? 100 : Math.max(...rows.map(({ value }) => value))] },
    y: { axis: null, domain: rows.map(({ analyst }) => analyst) },
    marks: [
      Plot.barX(rows, { x: 'value', y: 'analyst', fill: 'colour', insetTop: 22, insetBottom: 4 }),
      Plot.text(rows, {
        y: 'analyst',
        text: 'analyst',
        frameAnchor: 'left',
        textAnchor: 'start',
        dy: -10,
        fill: 'currentColor',
      }),
      Plot.text(rows, {
        x: 'value',
        y: 'analyst',
        text: ({ value }: Value) => (percent ? 100 * value : value).toFixed(digits),
        textAnchor: 'start',
        dx: 4,
        dy: 9,
        fill: 'currentColor',
      }),
    ],
  });
}

/** One figure of every analyst for each of several groups, as dots on a line. */
export function groupDots(
  rows: readonly (Value & { readonly group: string })[],
  title: string,
  {
    percent,
    label,
    zero = false,
  }: { readonly percent: boolean; readonly label: string; readonly zero?: boolean },
): Markup {
  const groups = [...new Set(rows.map(({ group }) => group))];
  return plot(title, {
    height: 68 + 34 * groups.length,
    marginLeft: 8,
    marginRight: 12,
    x: { label, percent, grid: true, nice: true, ticks: 5 },
    y: { axis: null, domain: groups, padding: 0.2 },
    marks: [
      ...(zero ? [Plot.ruleX([0], { stroke: 'currentColor' })] : []),
      Plot.ruleY(groups, { y: (group: string) => group, stroke: 'var(--line)', dy: 7 }),
      Plot.dot(rows, { y: 'group', x: 'value', fill: 'colour', r: 5, dy: 7 }),
      groupNames(groups),
    ],
  });
}

/** Mean absolute error, or bias, of every analyst by ranges of what is labelled. */
export function errorLines(
  analysts: readonly { readonly colour: string; readonly errors: readonly RangeErrors[] }[],
  figure: 'meanAbsoluteError' | 'bias',
  { labelled, unit, step }: NumberDrawing,
  title: string,
): Markup {
  return plot(title, {
    height: 260,
    x: { label: labelled },
    y: { label: unit, grid: true, nice: true },
    marks: [
      Plot.ruleY([0], { stroke: 'currentColor' }),
      ...analysts.map(({ colour, errors }) =>
        Plot.lineY(errors, {
          x: ({ from }: RangeErrors) => from + step / 2,
          y: figure,
          stroke: colour,
          marker: 'dot',
          strokeWidth: 2,
        }),
      ),
    ],
  });
}

/** What was said by what was labelled, of every photo. */
export function scatter(
  pairs: readonly { readonly labelled: number; readonly said: number }[],
  colour: string,
  { labelled }: NumberDrawing,
  title: string,
): Markup {
  const most = Math.max(10, ...pairs.flatMap(({ labelled, said }) => [labelled, said]));
  return plot(title, {
    height: 320,
    x: { label: labelled, domain: [0, most], nice: true },
    y: { label: 'said', domain: [0, most], nice: true, grid: true },
    marks: [
      Plot.line(
        [
          [0, 0],
          [most, most],
        ],
        { stroke: 'currentColor', strokeDasharray: '4 3' },
      ),
      Plot.dot(pairs, {
        x: 'labelled',
        y: 'said',
        fill: colour,
        fillOpacity: pairs.length > 300 ? 0.25 : 0.5,
        r: 2.5,
      }),
    ],
  });
}
