import * as Plot from '@observablehq/plot';
import { max, min } from 'd3-array';
import { parseHTML } from 'linkedom';
import type { NumberDrawing } from '../../attributes/evaluation.ts';
import { type Markup, raw } from '../../support/markup.ts';
import type { RangeErrors, Reliability } from '../evaluation/evaluation.ts';
import type { History, Validation } from '../trainer/outcome.ts';
import type { RangeCounts } from './report.ts';

/**
 * The report's charts, as SVG. Their colours are the page's variables, so that they follow its light or dark
 * scheme. They are as wide as a phone: on a larger screen they stand side by side.
 */

const WIDTH = 320;
const { document } = parseHTML('<!doctype html><html><body></body></html>');

/** Colours of what is looked at, what it is compared with, and a third. */
export const SERIES = ['var(--first)', 'var(--second)', 'var(--third)'] as const;
const [FIRST, SECOND, THIRD] = SERIES;

/** A number with its 95 % confidence interval, for each of several groups. */
export interface GroupDifference {
  readonly group: string;
  readonly mean: number;
  readonly low: number;
  readonly high: number;
}

/** Training loss (smoothed) and validation loss by step. */
export function learningCurves({ steps, validations }: History, title: string): Markup {
  const best = validations.reduce<number>(
    (least, { loss }) => Math.min(least, loss),
    Number.POSITIVE_INFINITY,
  );
  return plot(title, {
    height: 240,
    x: { label: 'step', tickFormat: 's', ticks: 5 },
    y: { label: 'loss', grid: true, nice: true },
    marks: [
      Plot.lineY(thin(steps), { x: 'step', y: 'smoothed', stroke: FIRST, strokeWidth: 1.5 }),
      ...validationCurve(validations, ({ loss }) => loss, SECOND),
      Plot.dot(
        validations.filter(({ loss }) => loss === best),
        { x: 'step', y: 'loss', stroke: SECOND, r: 5, strokeWidth: 2 },
      ),
    ],
  });
}

/**
 * Accuracy and one-off accuracy on the validation faces, in percent, by step.
 * @param ordered whether classes have neighbours
 */
export function accuracyCurves(
  { validations }: History,
  { ordered }: { readonly ordered: boolean },
  title: string,
): Markup {
  return plot(title, {
    height: 240,
    x: { label: 'step', tickFormat: 's', ticks: 5 },
    y: { label: '%', grid: true, nice: true },
    marks: [
      ...validationCurve(validations, ({ exact }) => 100 * exact, FIRST),
      ...(ordered ? validationCurve(validations, ({ oneOff }) => 100 * oneOff, THIRD) : []),
    ],
  });
}

function validationCurve(
  validations: History['validations'],
  y: (validation: Validation) => number,
  stroke: string,
): Plot.Markish[] {
  return [
    Plot.lineY(validations, { x: 'step', y, stroke, strokeWidth: 1.5 }),
    Plot.dot(validations, { x: 'step', y, fill: stroke, r: 2 }),
  ];
}

/** One measure of both models for each group, side by side. */
export function groupBars(
  rows: readonly {
    readonly group: string;
    readonly model: 'candidate' | 'inService';
    readonly value: number;
  }[],
  title: string,
  { percent }: { readonly percent: boolean },
): Markup {
  const groups = [...new Set(rows.map(({ group }) => group))];
  const both = rows.some(({ model }) => model === 'inService');
  return plot(title, {
    height: groups.length * (both ? 54 : 40),
    ...{ marginTop: 0, marginBottom: 0, marginLeft: 0, marginRight: 44 },
    x: {
      percent,
      axis: null,
      domain: [0, percent ? 100 : Math.max(...rows.map(({ value }) => value))],
    },
    y: { axis: null, domain: ['title', 'candidate', ...(both ? ['inService'] : [])] },
    fy: { axis: null, domain: groups, padding: 0.08 },
    marks: [
      Plot.text(groups, {
        fy: (group: string) => group,
        y: () => 'title',
        text: (group: string) => group,
        frameAnchor: 'left',
        fill: 'currentColor',
        dy: 2,
      }),
      Plot.barX(rows, {
        x: 'value',
        y: 'model',
        fy: 'group',
        fill: ({ model }: { model: string }) => (model === 'candidate' ? FIRST : SECOND),
        insetTop: 1,
      }),
      Plot.text(rows, {
        x: 'value',
        y: 'model',
        fy: 'group',
        text: ({ value }: { value: number }) => (percent ? `${(100 * value).toFixed(1)}` : value.toFixed(2)),
        textAnchor: 'start',
        dx: 4,
        fill: 'currentColor',
      }),
    ],
  });
}

/** Candidate less model in service, overall and for each group. */
export function differences(
  rows: readonly GroupDifference[],
  title: string,
  { label, percent, limit }: { readonly label: string; readonly percent: boolean; readonly limit: number },
): Markup {
  return plot(title, {
    height: 68 + 34 * rows.length,
    marginLeft: 8,
    marginRight: 8,
    x: { label, percent, grid: true, nice: true, ticks: 5 },
    y: { axis: null, domain: rows.map(({ group }) => group), padding: 0.2 },
    marks: [
      Plot.ruleX([0], { stroke: 'currentColor' }),
      Plot.ruleX([limit], { stroke: 'var(--wrong)', strokeDasharray: '4 3' }),
      Plot.ruleY(rows, { y: 'group', x1: 'low', x2: 'high', stroke: FIRST, strokeWidth: 2, dy: 7 }),
      Plot.dot(rows, { y: 'group', x: 'mean', fill: FIRST, r: 4, dy: 7 }),
      groupNames(rows.map(({ group }) => group)),
    ],
  });
}

/** The names of groups, each above the line of its figure. */
export const groupNames = (groups: readonly string[]): Plot.Text =>
  Plot.text(groups, {
    y: (group: string) => group,
    text: (group: string) => group,
    frameAnchor: 'left',
    textAnchor: 'start',
    dy: -7,
    fill: 'currentColor',
    stroke: 'var(--card)',
    strokeWidth: 4,
  });

/** Mean absolute error (bars) and mean error (line) by ranges of what is labelled. */
export function rangeErrors(
  candidate: readonly RangeErrors[],
  inService: readonly RangeErrors[],
  { labelled, unit, step }: NumberDrawing,
  title: string,
): Markup {
  const middle = ({ from }: RangeErrors) => from + step / 2;
  return plot(title, {
    height: 240,
    x: {
      label: labelled,
      domain: [min(candidate, ({ from }) => from) ?? 0, (max(candidate, ({ from }) => from) ?? 0) + step],
    },
    y: { label: unit, grid: true, nice: true },
    marks: [
      Plot.rectY(candidate, {
        x1: 'from',
        x2: ({ from }: RangeErrors) => from + step,
        y: 'meanAbsoluteError',
        fill: FIRST,
        fillOpacity: 0.55,
        inset: 1,
      }),
      Plot.lineY(inService, {
        x: middle,
        y: 'meanAbsoluteError',
        stroke: SECOND,
        marker: 'dot',
        strokeWidth: 2,
      }),
      Plot.lineY(candidate, { x: middle, y: 'bias', stroke: THIRD, marker: 'dot', strokeWidth: 2 }),
      Plot.ruleY([0], { stroke: 'currentColor' }),
    ],
  });
}

/** Share of right answers by the confidence they were given with. */
export function reliability(
  candidate: readonly Reliability[],
  inService: readonly Reliability[],
  title: string,
): Markup {
  // The likelier of two classes has at least a half; with more classes it may have less.
  const least = Math.floor(10 * Math.min(0.5, ...candidate.map(({ confidence }) => confidence))) / 10;
  const curve = (rows: readonly Reliability[], stroke: string) =>
    Plot.lineY(rows, { x: 'confidence', y: 'right', stroke, marker: 'dot', strokeWidth: 2 });
  return plot(title, {
    height: 260,
    x: { label: 'confidence, %', percent: true, domain: [100 * least, 100], ticks: 5 },
    y: { label: 'right, %', percent: true, grid: true, domain: [0, 100] },
    marks: [
      Plot.line(
        [
          [least, least],
          [1, 1],
        ],
        { stroke: 'currentColor', strokeDasharray: '4 3' },
      ),
      curve(inService, SECOND),
      curve(candidate, FIRST),
    ],
  });
}

/** How many faces of each range of what is labelled are in which part of the data set. */
export function histogram(
  counts: readonly RangeCounts[],
  { labelled, countStep }: NumberDrawing,
  title: string,
): Markup {
  const rows = counts.flatMap(({ from, faces }) => [
    { from, split: 'train', count: faces.train },
    { from, split: 'validation', count: faces.validation },
    { from, split: 'test', count: faces.test },
  ]);
  return plot(title, {
    height: 220,
    x: { label: labelled },
    y: { label: 'faces', grid: true, tickFormat: 's' },
    color: { domain: ['train', 'validation', 'test'], range: [...SERIES] },
    marks: [
      Plot.rectY(
        rows,
        Plot.stackY({
          x1: 'from',
          x2: ({ from }: { from: number }) => from + countStep,
          y: 'count',
          fill: 'split',
          order: ['train', 'validation', 'test'],
          inset: 0.5,
        }),
      ),
      Plot.ruleY([0], { stroke: 'currentColor' }),
    ],
  });
}

/** A chart as every report has it. */
export function plot(title: string, options: Plot.PlotOptions): Markup {
  const layout = { width: WIDTH, marginTop: 26, marginBottom: 42, style: { fontSize: '12px' } };
  const svg = Plot.plot({ document, ...layout, ...options });
  // Marks are labelled by their kind, which says nothing to a reader.
  for (const mark of svg.querySelectorAll('[aria-label]')) mark.removeAttribute('aria-label');
  svg.setAttribute('role', 'img');
  svg.setAttribute('aria-label', title);
  // The page has a style for all of them.
  svg.querySelector('style')?.remove();
  return raw(svg.outerHTML);
}

/** A curve of at most a few hundred points. */
function thin<T>(points: readonly T[], most = 400): T[] {
  const step = Math.ceil(points.length / most);
  return points.filter((_, index) => index % step === 0 || index === points.length - 1);
}
