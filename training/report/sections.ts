import { sum } from 'd3-array';
import { attributeOf, nameOf } from '../../attributes/list.ts';
import { html, type Markup } from '../../support/markup.ts';
import type { Difference } from '../evaluation/bootstrap.ts';
import { marginOf } from '../evaluation/decision.ts';
import { measureOf } from '../evaluation/measures.ts';
import {
  formatAmount,
  formatP,
  formatSigned,
  statisticOf,
  unitOfDifference,
} from '../evaluation/statistic.ts';
import { differences, groupBars, rangeErrors, reliability, SERIES } from './charts.ts';
import type { Report, ReportedModel } from './report.ts';
import { figuresOf, formatCount, formatFigure, formatGroup } from './wording.ts';

/** The sections about how good the model is. */

/** Groups with fewer faces are left to `report.json`. */
const FEWEST = 10;

/** Difference to the model in service, overall and for each group. */
export function compare({ task, decision }: Report): Markup | undefined {
  const overall = decision?.comparison.overall;
  if (!decision || !overall) return undefined;
  const { comparison, margins } = decision;
  const statistic = statisticOf(task, comparison.statistic);
  const rows = [
    { name: 'all', difference: overall },
    ...comparison.groups
      .filter(({ difference: { faces } }) => faces >= FEWEST)
      .map(({ group, difference }) => ({ name: formatGroup(group), difference })),
  ];
  const { title, unit, more } = statistic;
  const sign = more ? 1 : -1;
  const margin = marginOf(statistic, margins);
  const caption = `${title}: this model minus ${decision.against}, with the 95 % interval of a paired bootstrap. ${more ? 'More' : 'Less'} is better.`;
  const rating = ({ mean, low, high }: Difference) =>
    low > 0 || high < 0 ? html` class="${mean * sign > 0 ? 'better' : 'worse'}"` : false;
  return html`<section class="sided"><h2>Compared with ${decision.against}</h2>
<figure>${differences(
    rows.map(({ name, difference }) => ({ group: name, ...difference })),
    caption,
    { label: unitOfDifference(statistic), percent: unit === '%', limit: -sign * margin },
  )}<figcaption>${caption} It is not promoted if a group of at least ${margins.minimumGroupFaces} faces, of at least ${margins.minimumPeople} people, lies beyond the dashed line, ${formatAmount(statistic, margin)} worse, unless that may well be chance: p, the probability of a difference as large by chance alone, is 0.2 or more.</figcaption></figure>
${scroll(
  'Differences',
  html`<table>
<thead><tr><th scope="col">Group</th><th scope="col">Faces</th><th scope="col">Difference, ${unitOfDifference(statistic)}</th><th scope="col">95 % interval</th><th scope="col">p</th></tr></thead>
<tbody>${rows.map(
    ({ name, difference }) => html`<tr${name === 'all' && html` class="total"`}><th scope="row">${name}</th>
<td>${formatCount(difference.faces)}</td><td${rating(difference)}>${formatSigned(statistic, difference.mean)}</td>
<td>${formatSigned(statistic, difference.low)} to ${formatSigned(statistic, difference.high)}</td><td>${formatP(difference.p).replace('= ', '')}</td></tr>`,
  )}</tbody></table>`,
)}</section>`;
}

/** The measures for each group, as a table and as bars. */
export function groups({ task, candidate, inService }: Report): Markup {
  const { evaluation } = candidate;
  const others = new Map(
    inService?.evaluation.groups.map(({ group, measures }) => [formatGroup(group), measures]),
  );
  const rows = [
    { name: 'all', measures: evaluation.overall, other: inService?.evaluation.overall },
    ...evaluation.groups
      .filter(({ measures }) => measures.faces >= FEWEST)
      .map(({ group, measures }) => {
        const name = formatGroup(group);
        return { name, measures, other: others.get(name) };
      }),
  ];
  const figures = figuresOf(task, [evaluation.overall]);
  const [main] = figures;
  if (!main) return html``;
  const left = evaluation.groups.length + 1 - rows.length;
  const chart = `${main.title}, ${main.unit}`;
  const bars = rows.flatMap(({ name, measures, other }) => {
    const value = measureOf(other, main.name);
    return [
      { group: name, model: 'candidate' as const, value: measureOf(measures, main.name) ?? 0 },
      ...(value === undefined ? [] : [{ group: name, model: 'inService' as const, value }]),
    ];
  });
  return html`<section class="sided"><h2>For each group</h2>
<figure><figcaption>${chart}</figcaption>${groupBars(bars, chart, { percent: main.unit === '%' })}</figure>
${scroll(
  'Measures for each group',
  html`<table><thead><tr><th scope="col">Group</th><th scope="col">Faces</th>${figures.map(
    ({ title, unit }) => html`<th scope="col">${title}, ${unit}</th>`,
  )}</tr></thead>
<tbody>${rows.map(
    ({ name, measures }) =>
      html`<tr${name === 'all' && html` class="total"`}><th scope="row">${name}</th><td>${formatCount(measures.faces)}</td>${figures.map(
        (figure) => html`<td>${formatFigure(figure, measures)}</td>`,
      )}</tr>`,
  )}</tbody></table>`,
)}
${left > 0 && html`<p class="soft">Not shown: ${left} with fewer than ${FEWEST} faces.</p>`}</section>`;
}

/** Confusion matrix, in per cent of each row. */
export function confusion({ name, version, evaluation }: ReportedModel, width: string): Markup {
  const { classes, counts } = evaluation.confusion;
  const short = (text: string) => text.replace(/[()]/g, '').replace(', ', '–');
  return html`<section class="${width}"><h2>Answers by label: ${name} ${version}</h2>
${scroll(
  `Confusion matrix of ${name} ${version}`,
  html`<table class="matrix"><caption>Percentage of the faces with each label (rows) that were given each answer (columns)</caption>
<thead><tr><th scope="col">label</th>${classes.map((text) => html`<th scope="col">${short(text)}</th>`)}</tr></thead>
<tbody>${counts.map((row, label) => {
    const total = sum(row);
    return html`<tr><th scope="row">${short(classes[label] ?? '')}</th>${row.map((count, answer) => {
      const share = total > 0 ? count / total : 0;
      return html`<td style="--share: ${share.toFixed(3)}" title="${formatCount(count)} of ${formatCount(total)}"${label === answer && html` class="true"`}>${count === 0 ? '' : (100 * share).toFixed(share < 0.1 ? 1 : 0)}</td>`;
    })}</tr>`;
  })}</tbody></table>`,
)}</section>`;
}

/** For a number, errors by labelled value; for classes, the accuracy at each confidence. */
export function errors({ task, candidate, inService }: Report): Markup | undefined {
  const [own, other] = [candidate.evaluation, inService?.evaluation];
  const { drawing } = attributeOf(task).evaluation;
  if (drawing.kind === 'number') {
    // Labels that are ranges of numbers have no errors.
    if (own.errors?.length === 0) return undefined;
    const title = `Mean absolute error and bias by ${drawing.labelled}`;
    return html`<section class="half"><h2>Errors by ${nameOf(task)}</h2>
<ul class="key"><li style="--colour: ${SERIES[0]}">mean absolute error</li>${other && html`<li style="--colour: ${SERIES[1]}">in service</li>`}<li style="--colour: ${SERIES[2]}">bias: above 0, ${drawing.above}</li></ul>
<figure>${rangeErrors(own.errors ?? [], other?.errors ?? [], drawing, title)}</figure></section>`;
  }
  const title = 'Share of right answers by confidence';
  return html`<section class="half"><h2>What its confidence means</h2>
<figure>${reliability(own.reliability ?? [], other?.reliability ?? [], title)}
<figcaption>${title}. On the dashed line, it is right as often as its confidence says.</figcaption></figure></section>`;
}

/** What may be wider than a phone scrolls by itself, also with the keyboard. */
export const scroll = (label: string, content: Markup): Markup =>
  html`<div class="scroll" role="region" tabindex="0" aria-label="${label}">${content}</div>`;
