import { sum } from 'd3-array';
import { html, type Markup } from '../../support/markup.ts';
import { type Benchmark, type ScopeComparison, scopesOf } from '../evaluation/benchmark.ts';
import { ageScatter, analystBars, colourOf, errorLines, groupDots } from './benchmark-charts.ts';
import {
  describeMirror,
  EXPLANATION,
  formatCpu,
  LOSS_TITLES,
  lossCells,
  MEASURE_COLUMNS,
  measureCells,
} from './benchmark-wording.ts';
import { renderDocument } from './document.ts';
import { scroll } from './sections.ts';
import { formatCount, formatGroup, formatTime } from './wording.ts';

/** Colours of further analysts. */
const MORE_STYLE = `
:root { --fourth: #8a6d00; --fifth: #a02c6b; --sixth: #5f5a52; }
@media (prefers-color-scheme: dark) { :root { --fourth: #e3c554; --fifth: #f29ac6; --sixth: #aaa69e; } }
td.by { text-align: left; }
`;

/** Groups with fewer faces are not drawn. */
const FEWEST = 10;
/** Dots of the scatter plots: every photo where there are fewer. */
const MOST_DOTS = 2000;

/** `evaluation.html`: one file that needs no other, with nothing in it that runs, and shows no photo. */
export function renderBenchmark(benchmark: Benchmark): string {
  const { createdAt, folders, analysts, part } = benchmark;
  const scopes = scopesOf(analysts);
  const [main] = scopes;
  const photos = sum(folders, ({ photos }) => photos);
  const title = `Ages and genders on ${formatCount(photos)} labelled photos`;
  const body = html`<header>
<h1>${title}</h1>
<p>${folders.map(({ name, photos }) => `${name}: ${formatCount(photos)}`).join(', ')}${part === 'all' ? '' : ` (the part "${part}")`}. ${formatTime(createdAt)}.</p>
<ul class="key">${analysts.map(({ name }, place) => html`<li style="--colour: ${colourOf(place)}">${name}</li>`)}</ul>
</header>
<main>
${scopes.map(overall)}
<section><h2>What the figures are</h2>${EXPLANATION.map((sentence) => html`<p class="soft">${sentence}</p>`)}</section>
${main && bars(main)}
${main && groupCharts(main)}
${ageCharts(benchmark)}
${robustness(benchmark)}
${scopes.map(groupTable)}
</main>
<footer><p>This page names neither photos nor persons.</p></footer>`;
  return renderDocument({ title, style: MORE_STYLE, body });
}

const heading = (titles: readonly string[]): Markup =>
  html`<thead><tr>${titles.map((title) => html`<th scope="col">${title}</th>`)}</tr></thead>`;
const cells = (texts: readonly string[]): Markup[] => texts.map((text) => html`<td>${text}</td>`);
const MEASURES = ['faces', ...MEASURE_COLUMNS.map(({ title }) => title)];

function overall({ name, results }: ScopeComparison): Markup {
  return html`<section><h2>${name}</h2>${scroll(
    `Figures of ${name}`,
    html`<table>${heading(['by', ...MEASURES, 'CPU ms a photo'])}
<tbody>${results.map(
      ({ analyst, scope }) =>
        html`<tr><th scope="row">${analyst.name}</th>${cells([...measureCells(scope.overall), formatCpu(analyst)])}</tr>`,
    )}</tbody></table>`,
  )}</section>`;
}

function groupTable({ name, groups }: ScopeComparison): Markup {
  return html`<section><h2>By group: ${name}</h2>${scroll(
    `Figures of the groups of ${name}`,
    html`<table>${heading(['group', 'by', ...MEASURES])}
<tbody>${groups.flatMap(({ group, results }) =>
      results.map(
        ({ analyst, measures }, index) =>
          html`<tr><th scope="row">${index === 0 && formatGroup(group)}</th><td class="by">${analyst.name}</td>${cells(measureCells(measures))}</tr>`,
      ),
    )}</tbody></table>`,
  )}</section>`;
}

const CHARTS = [
  {
    name: 'meanAbsoluteError',
    title: 'Mean absolute error of the age, years (less is better)',
    percent: false,
  },
  { name: 'exact', title: 'Right age group, %', percent: true },
  { name: 'gender', title: 'Right gender, %', percent: true },
] as const;

/** The foremost figures, and what they cost. */
function bars({ name, results }: ScopeComparison): Markup[] {
  const known = (of: (result: (typeof results)[number]) => number | undefined) =>
    results.flatMap((result, place) => {
      const value = of(result);
      return value === undefined ? [] : [{ analyst: result.analyst.name, colour: colourOf(place), value }];
    });
  const charts = [
    ...CHARTS.map((chart) => ({
      ...chart,
      digits: chart.percent ? 1 : 2,
      rows: known(({ scope }) => scope.overall[chart.name]),
    })),
    { title: 'Faces found, %', percent: true, digits: 1, rows: known(({ scope }) => scope.overall.found) },
    {
      title: 'One age group off at most, %',
      percent: true,
      digits: 1,
      rows: known(({ scope }) => scope.overall.oneOff),
    },
    {
      title: 'CPU time a photo, milliseconds (less is better)',
      percent: false,
      digits: 0,
      rows: known(({ analyst }) => analyst.cpu),
    },
  ];
  return charts
    .filter(({ rows }) => rows.length > 0)
    .map(
      ({ title, rows, percent, digits }) =>
        html`<section class="third"><h2>${title}</h2><figure>${analystBars(rows, `${title}: ${name}`, { percent, digits })}</figure></section>`,
    );
}

/** The same figures for each group of faces. */
function groupCharts({ name, groups }: ScopeComparison): Markup[] {
  return CHARTS.flatMap(({ name: figure, title, percent }) => {
    const rows = groups
      .filter(({ results }) => (results[0]?.measures.faces ?? 0) >= FEWEST)
      .flatMap(({ group, results }) =>
        results.flatMap(({ analyst, measures }, place) => {
          const value = measures[figure];
          return value === undefined
            ? []
            : [{ group: formatGroup(group), analyst: analyst.name, colour: colourOf(place), value }];
        }),
      );
    if (rows.length === 0) return [];
    const label = percent ? '%' : 'years';
    return [
      html`<section class="third"><h2>${title}, by group</h2><figure>${groupDots(rows, `${title}, by group: ${name}`, { percent, label })}</figure></section>`,
    ];
  });
}

function ageCharts({ analysts }: Benchmark): Markup[] {
  const lines = analysts
    .map(({ errorsByAge }, place) => ({ colour: colourOf(place), errors: errorsByAge }))
    .filter(({ errors }) => errors.length > 0);
  if (lines.length === 0) return [];
  const [error, bias] = ['Mean absolute error by labelled age', 'Bias by labelled age'];
  return [
    html`<section class="half"><h2>${error}</h2><figure>${errorLines(lines, 'meanAbsoluteError', error)}</figure></section>`,
    html`<section class="half"><h2>${bias}</h2><figure>${errorLines(lines, 'bias', bias)}<figcaption>Above 0, people are taken for older than they are.</figcaption></figure></section>`,
    ...analysts.flatMap(({ name, ages }, place) => {
      if (ages.length === 0) return [];
      const title = `Ages said by ${name}`;
      const step = Math.ceil(ages.length / MOST_DOTS);
      const shown = ages.filter((_, index) => index % step === 0);
      return [
        html`<section class="half"><h2>${title}</h2><figure>${ageScatter(shown, colourOf(place), title)}<figcaption>A dot a photo; on the dashed line they are right.</figcaption></figure></section>`,
      ];
    }),
  ];
}

function robustness({ analysts }: Benchmark): Markup[] {
  const known = analysts.flatMap((analyst, place) =>
    analyst.robustness ? [{ analyst, place, robustness: analyst.robustness }] : [],
  );
  if (known.length === 0) return [];
  const title = 'Change of right age groups and genders on perturbed photos, points';
  const rows = (figure: 'exact' | 'gender') =>
    known.flatMap(({ analyst, place, robustness: { losses } }) =>
      losses.flatMap(({ perturbation, [figure]: loss }) =>
        loss === undefined
          ? []
          : [{ group: perturbation, analyst: analyst.name, colour: colourOf(place), value: -loss }],
      ),
    );
  const charts = [
    { title: 'Right age groups on perturbed photos, change in points', rows: rows('exact') },
    { title: 'Right genders on perturbed photos, change in points', rows: rows('gender') },
  ].filter((chart) => chart.rows.length > 0);
  return [
    ...charts.map(
      (chart) =>
        html`<section class="half"><h2>${chart.title}</h2><figure>${groupDots(chart.rows, chart.title, { percent: true, label: 'points', zero: true })}</figure></section>`,
    ),
    ...known.map(
      ({ analyst, robustness: { photos, losses } }) =>
        html`<section class="half"><h2>Robustness of ${analyst.name}</h2>${scroll(
          title,
          html`<table><caption>Change of the figures of ${formatCount(photos)} photos with a face when they are perturbed (points; years)</caption>${heading(['perturbed by', ...LOSS_TITLES])}
<tbody>${losses.map((loss) => html`<tr><th scope="row">${loss.perturbation}</th>${cells(lossCells(loss))}</tr>`)}</tbody></table>`,
        )}<p class="soft">${describeMirror(analyst)}</p></section>`,
    ),
  ];
}
