import { attributeOf, attributesWith, type Task } from '../../attributes/list.ts';
import { html, type Markup } from '../../support/markup.ts';
import { SPLITS } from '../dataset/label.ts';
import { accuracyCurves, histogram, learningCurves, SERIES } from './charts.ts';
import type { DataDescription, Report, SplitCounts } from './report.ts';
import { scroll } from './sections.ts';
import { formatCount } from './wording.ts';

/** The sections about where the figures come from. */

/** Learning curves, and the folds of a cross-validation. */
export function learning({ history, task }: Report): Markup | undefined {
  if (!history) return undefined;
  const { folds = [] } = history;
  const { learning, evaluation } = attributeOf(task);
  const { one } = learning.wording;
  const { drawing } = evaluation;
  const error = drawing.kind === 'number' ? `Error, ${drawing.unit}` : 'Error';
  return html`<section class="half"><h2>Learning</h2>
<ul class="key"><li style="--colour: ${SERIES[0]}">training loss, smoothed</li><li style="--colour: ${SERIES[1]}">validation loss (ring: the weights that were kept)</li></ul>
<figure>${learningCurves(history, 'Training and validation loss by step')}<figcaption>Training loss includes the penalty on the weights.</figcaption></figure>
<ul class="key"><li style="--colour: ${SERIES[0]}">validation faces in the right ${one}</li>${
    learning.ordered && html`<li style="--colour: ${SERIES[2]}">at most one ${one} off</li>`
  }</ul>
<figure>${accuracyCurves(history, learning, 'Right answers on validation faces, by step')}</figure>
${
  folds.length > 0 &&
  scroll(
    'Cross-validation',
    html`<table><caption>Cross-validation: the best validation of each fold</caption>
<thead><tr><th scope="col">Fold</th><th scope="col">Loss</th><th scope="col">Right, %</th><th scope="col">One-off, %</th><th scope="col">${error}</th></tr></thead>
<tbody>${folds.map(
      ({ loss, exact, oneOff, meanAbsoluteError }, index) =>
        html`<tr><th scope="row">${index + 1}</th><td>${loss.toFixed(3)}</td><td>${(100 * exact).toFixed(1)}</td><td>${(100 * oneOff).toFixed(1)}</td><td>${meanAbsoluteError?.toFixed(2) ?? '–'}</td></tr>`,
    )}</tbody></table>`,
  )
}</section>`;
}

/** The worst errors, with pictures where there are any. */
export function faces(
  { task, candidate }: Report,
  pictures: ReadonlyMap<string, Uint8Array> = new Map(),
): Markup | undefined {
  const { worst } = candidate.evaluation;
  const { evaluation } = attributeOf(task);
  if (worst.length === 0) return undefined;
  return html`<section><h2>Worst errors</h2>
<ul class="faces">${worst.map((face) => {
    const picture = pictures.get(face.face);
    return html`<li>${picture && html`<img alt="" width="96" height="96" src="data:image/jpeg;base64,${Buffer.from(picture).toString('base64')}">`}
<b>${evaluation.describe(face)}</b><span>${face.face}</span></li>`;
  })}</ul></section>`;
}

/** What the data set holds. */
export function dataSet({ data, task }: Report): Markup {
  const { name, hash, faces, groups } = data;
  const row = (label: string, counts: SplitCounts) =>
    html`<tr><th scope="row">${label}</th>${SPLITS.map((split) => html`<td>${formatCount(counts[split])}</td>`)}</tr>`;
  return html`<section class="half"><h2>Data set ${name}</h2>
${scroll(
  'Counts of faces',
  html`<table><thead><tr><th scope="col">Faces</th>${SPLITS.map((split) => html`<th scope="col">${split}</th>`)}</tr></thead>
<tbody>${[row('all', faces), ...classRows(data, task).map(([title, counts]) => row(title, counts))]}</tbody></table>`,
)}
${histograms(data, task)}
${Object.entries(groups).map(
  ([column, values]) =>
    html`<h3>${column}</h3><p class="soft">${Object.entries(values)
      .map(([value, count]) => `${value} ${formatCount(count)}`)
      .join(', ')}</p>`,
)}
${hash !== undefined && html`<p class="soft">Content ${hash.slice(0, 16)}</p>`}</section>`;
}

/** Counts of each class that is labelled. */
const classRows = ({ classes }: DataDescription, task: Task): (readonly [string, SplitCounts])[] =>
  attributesWith(task).flatMap(({ name, evaluation: { drawing } }) =>
    drawing.kind === 'classes'
      ? Object.entries(classes[name] ?? {}).map(
          ([value, counts]) => [drawing.titles[value] ?? value, counts] as const,
        )
      : [],
  );

/** How many faces there are for each labelled number. */
const histograms = ({ numbers }: DataDescription, task: Task): Markup[] =>
  attributesWith(task).flatMap(({ name, evaluation: { drawing } }) => {
    const counts = numbers[name] ?? [];
    if (drawing.kind !== 'number' || counts.length === 0) return [];
    const title = `Faces by ${drawing.labelled}, and their splits`;
    return [
      html`<figure><ul class="key">${SPLITS.map((split, index) => html`<li style="--colour: ${SERIES[index] ?? ''}">${split}</li>`)}</ul>${histogram(counts, drawing, title)}<figcaption>${title}</figcaption></figure>`,
    ];
  });

/** How answers are read, and all settings of the training. */
export function settings({ task, reading, spec }: Report): Markup | undefined {
  if (!reading && !spec) return undefined;
  const { calibration } = attributeOf(task).learning;
  return html`<section class="half"><h2>Settings</h2>
${reading && calibration && html`<p>${calibration.describe(reading)}</p>`}
${spec && html`<details open><summary>The training</summary><pre>${JSON.stringify(spec, undefined, 2)}</pre></details>`}</section>`;
}
