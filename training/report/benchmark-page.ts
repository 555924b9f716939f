import type { LearnedAttribute } from '../../attributes/attribute.ts';
import type { Figure, NumberDrawing } from '../../attributes/evaluation.ts';
import { enumerate } from '../../attributes/words.ts';
import { html, type Markup } from '../../support/markup.ts';
import { type Benchmark, measuredIn, type ScopeComparison, scopesOf } from '../evaluation/benchmark.ts';
import { measureOf } from '../evaluation/measures.ts';
import { analystBars, colourOf, errorLines, groupDots, scatter } from './benchmark-charts.ts';
import {
  columnsOf,
  comparisonTable,
  describeMirror,
  errorTables,
  explain,
  figuresOf,
  formatCpu,
  lossCells,
  lossTitles,
  lossUnits,
  measureCells,
  shownIn,
} from './benchmark-wording.ts';
import { renderDocument } from './document.ts';
import { scroll } from './sections.ts';
import { capitalise, formatCount, formatGroup, formatTime } from './wording.ts';

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
  const scopes = scopesOf(benchmark);
  const attributes = measuredIn(benchmark);
  const [main] = scopes;
  const photos = folders.reduce((sum, folder) => sum + folder.photos, 0);
  const columns = scopes.flatMap(columnsOf);
  const plurals = shownIn(columns, attributes).map(({ evaluation }) => evaluation.plural);
  const title = `${capitalise(enumerate(plurals))} on ${formatCount(photos)} labelled photos`;
  const body = html`<header>
<h1>${title}</h1>
<p>${folders.map(({ name, photos }) => `${name}: ${formatCount(photos)}`).join(', ')}${part === 'all' ? '' : ` (the part "${part}")`}. ${formatTime(createdAt)}.</p>
<ul class="key">${analysts.map(({ name }, place) => html`<li style="--colour: ${colourOf(place)}">${name}</li>`)}</ul>
</header>
<main>
${scopes.map(overall)}
<section><h2>What the figures mean</h2>${explain(columns, attributes).map((sentence) => html`<p class="soft">${sentence}</p>`)}</section>
${main && bars(main)}
${main && groupCharts(main)}
${numberCharts(benchmark)}
${robustness(benchmark)}
${scopes.flatMap(scopeTables)}
${scopes.map(groupTable)}
</main>
<footer><p>This page names neither photos nor people.</p></footer>`;
  return renderDocument({ title, style: MORE_STYLE, body });
}

const heading = (titles: readonly string[]): Markup =>
  html`<thead><tr>${titles.map((title) => html`<th scope="col">${title}</th>`)}</tr></thead>`;
const cells = (texts: readonly string[]): Markup[] => texts.map((text) => html`<td>${text}</td>`);

function overall(comparison: ScopeComparison): Markup {
  const { name, results } = comparison;
  const columns = columnsOf(comparison);
  return html`<section><h2>${name}</h2>${scroll(
    `Figures of ${name}`,
    html`<table>${heading(['system', 'faces', ...columns.map(({ title }) => title), 'CPU ms per photo'])}
<tbody>${results.map(
      ({ analyst, scope }) =>
        html`<tr><th scope="row">${analyst.name}</th>${cells([...measureCells(scope.overall, columns), formatCpu(analyst)])}</tr>`,
    )}</tbody></table>`,
  )}</section>`;
}

/** The first analyst less the others, and errors by what is labelled. */
function scopeTables(comparison: ScopeComparison): Markup[] {
  const compared = comparisonTable(comparison);
  return [...(compared ? [compared] : []), ...errorTables(comparison)].map(
    ({ title, columns, rows }) =>
      html`<section><h2>${title}</h2>${scroll(
        title,
        html`<table>${heading(columns)}
<tbody>${rows.map(([first, ...others]) => html`<tr><th scope="row">${first}</th>${cells(others)}</tr>`)}</tbody></table>`,
      )}</section>`,
  );
}

function groupTable(comparison: ScopeComparison): Markup {
  const { name, groups } = comparison;
  const columns = columnsOf(comparison);
  return html`<section><h2>By group: ${name}</h2>${scroll(
    `Figures of the groups of ${name}`,
    html`<table>${heading(['group', 'system', 'faces', ...columns.map(({ title }) => title)])}
<tbody>${groups.flatMap(({ group, results }) =>
      results.map(
        ({ analyst, measures }, index) =>
          html`<tr><th scope="row">${index === 0 && formatGroup(group)}</th><td class="by">${analyst.name}</td>${cells(measureCells(measures, columns))}</tr>`,
      ),
    )}</tbody></table>`,
  )}</section>`;
}

/** What models are compared by is drawn first, and for each group. */
function chartsOf(attributes: readonly LearnedAttribute[]) {
  const foremost = attributes.flatMap(({ evaluation }) => evaluation.statistics);
  return {
    foremost: foremost.map((figure) => ({ ...figure, title: figure.chart })),
    more: figuresOf(attributes).flatMap((figure) =>
      figure.chart === undefined || foremost.some(({ name }) => name === figure.name)
        ? []
        : [{ ...figure, title: figure.chart }],
    ),
  };
}

/** The foremost figures, and what they cost. */
function bars({ name, attributes, results }: ScopeComparison): Markup[] {
  const { foremost, more } = chartsOf(attributes);
  const known = (of: (result: (typeof results)[number]) => number | undefined) =>
    results.flatMap((result, place) => {
      const value = of(result);
      return value === undefined ? [] : [{ analyst: result.analyst.name, colour: colourOf(place), value }];
    });
  const draw = ({ title, name: figure, unit }: Pick<Figure, 'title' | 'name' | 'unit'>) => ({
    title,
    percent: unit === '%',
    digits: unit === '%' ? 1 : 2,
    rows: known(({ scope }) => measureOf(scope.overall, figure)),
  });
  const charts = [
    ...foremost.map(draw),
    draw({ title: 'Faces found, %', name: 'found', unit: '%' }),
    ...more.map(draw),
    {
      title: 'CPU time per photo, milliseconds (less is better)',
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
function groupCharts({ name, attributes, groups }: ScopeComparison): Markup[] {
  return chartsOf(attributes).foremost.flatMap(({ name: figure, title, unit }) => {
    const rows = groups
      .filter(({ results }) => (results[0]?.measures.faces ?? 0) >= FEWEST)
      .flatMap(({ group, results }) =>
        results.flatMap(({ analyst, measures }, place) => {
          const value = measureOf(measures, figure);
          return value === undefined
            ? []
            : [{ group: formatGroup(group), analyst: analyst.name, colour: colourOf(place), value }];
        }),
      );
    if (rows.length === 0) return [];
    const percent = unit === '%';
    return [
      html`<section class="third"><h2>${title}, by group</h2><figure>${groupDots(rows, `${title}, by group: ${name}`, { percent, label: unit })}</figure></section>`,
    ];
  });
}

/** Errors of every number, and what was said by what was labelled. */
const numberCharts = (benchmark: Benchmark): Markup[] =>
  measuredIn(benchmark).flatMap(({ name, evaluation: { plural, drawing } }) =>
    drawing.kind === 'number' ? chartsOfNumber(benchmark, name, plural, drawing) : [],
  );

function chartsOfNumber(
  { analysts }: Benchmark,
  attribute: string,
  plural: string,
  drawing: NumberDrawing,
): Markup[] {
  const results = analysts.map(({ name, numbers, scopes: [all] }, place) => ({
    name,
    colour: colourOf(place),
    errors: all?.errors.find((each) => each.attribute === attribute)?.ranges ?? [],
    pairs: numbers.find((each) => each.attribute === attribute)?.pairs ?? [],
  }));
  const lines = results.filter(({ errors }) => errors.length > 0);
  if (lines.length === 0) return [];
  const [error, bias] = [`Mean absolute error by ${drawing.labelled}`, `Bias by ${drawing.labelled}`];
  return [
    html`<section class="half"><h2>${error}</h2><figure>${errorLines(lines, 'meanAbsoluteError', drawing, error)}</figure></section>`,
    html`<section class="half"><h2>${bias}</h2><figure>${errorLines(lines, 'bias', drawing, bias)}<figcaption>${drawing.aboveSentence}</figcaption></figure></section>`,
    ...results.flatMap(({ name, colour, pairs }) => {
      if (pairs.length === 0) return [];
      const title = `${capitalise(plural)} estimated by ${name}`;
      const step = Math.ceil(pairs.length / MOST_DOTS);
      const shown = pairs.filter((_, index) => index % step === 0);
      return [
        html`<section class="half"><h2>${title}</h2><figure>${scatter(shown, colour, drawing, title)}<figcaption>Each dot is a photo; on the dashed line, the estimate is right.</figcaption></figure></section>`,
      ];
    }),
  ];
}

function robustness(benchmark: Benchmark): Markup[] {
  const attributes = measuredIn(benchmark);
  const known = benchmark.analysts.flatMap((analyst, place) =>
    analyst.robustness ? [{ analyst, place, robustness: analyst.robustness }] : [],
  );
  if (known.length === 0) return [];
  const several = attributes.map(({ learning }) => learning.wording.several);
  const title = `Change of right ${enumerate(several)} on perturbed photos, points`;
  const rows = (figure: string) =>
    known.flatMap(({ analyst, place, robustness: { losses } }) =>
      losses.flatMap((each) => {
        const loss = measureOf(each, figure);
        return loss === undefined
          ? []
          : [{ group: each.perturbation, analyst: analyst.name, colour: colourOf(place), value: -loss }];
      }),
    );
  const charts = attributes
    .flatMap(({ learning, evaluation }) =>
      evaluation.statistics
        .filter(({ unit }) => unit === '%')
        .map(({ name }) => ({
          title: `Right ${learning.wording.several} on perturbed photos, change in points`,
          rows: rows(name),
        })),
    )
    .filter((chart) => chart.rows.length > 0);
  return [
    ...charts.map(
      (chart) =>
        html`<section class="half"><h2>${chart.title}</h2><figure>${groupDots(chart.rows, chart.title, { percent: true, label: 'points', zero: true })}</figure></section>`,
    ),
    ...known.map(
      ({ analyst, robustness: { photos, losses } }) =>
        html`<section class="half"><h2>Robustness of ${analyst.name}</h2>${scroll(
          title,
          html`<table><caption>Change of the figures on perturbed copies of ${formatCount(photos)} photos with a face (${lossUnits(attributes)})</caption>${heading(['perturbation', ...lossTitles(attributes)])}
<tbody>${losses.map((loss) => html`<tr><th scope="row">${loss.perturbation}</th>${cells(lossCells(loss, attributes))}</tr>`)}</tbody></table>`,
        )}<p class="soft">${describeMirror(analyst, attributes)}</p></section>`,
    ),
  ];
}
