import type { IntervalCalibration } from '../../attributes/age/reading.ts';
import { html, type Markup } from '../../support/markup.ts';
import { SPLITS } from '../dataset/label.ts';
import { type JudgedFace, secondGuess } from '../evaluation/answer.ts';
import { accuracyCurves, ageHistogram, learningCurves, SERIES } from './charts.ts';
import type { DataDescription, Report, SplitCounts } from './report.ts';
import { scroll } from './sections.ts';
import { formatCount } from './wording.ts';

/** The sections about where the figures come from. */

/** Learning curves, and the folds of a cross-validation. */
export function learning({ history, task }: Report): Markup | undefined {
  if (!history) return undefined;
  const { folds = [] } = history;
  return html`<section class="half"><h2>Learning</h2>
<ul class="key"><li style="--colour: ${SERIES[0]}">training loss, smoothed</li><li style="--colour: ${SERIES[1]}">validation loss; ringed: the weights that were kept</li></ul>
<figure>${learningCurves(history, 'Training and validation loss by step')}<figcaption>Training loss includes the penalty on the weights.</figcaption></figure>
<ul class="key"><li style="--colour: ${SERIES[0]}">validation faces in the right ${task === 'age' ? 'group' : 'gender'}</li>${
    task === 'age' && html`<li style="--colour: ${SERIES[2]}">at most one group off</li>`
  }</ul>
<figure>${accuracyCurves(history, task, 'Validation faces told right by step')}</figure>
${
  folds.length > 0 &&
  scroll(
    'Cross-validation',
    html`<table><caption>Cross-validation: the best validation of each fold</caption>
<thead><tr><th scope="col">Fold</th><th scope="col">Loss</th><th scope="col">Right, %</th><th scope="col">One off at most, %</th><th scope="col">Error, years</th></tr></thead>
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
  if (worst.length === 0) return undefined;
  return html`<section><h2>Worst errors</h2>
<ul class="faces">${worst.map((face) => {
    const picture = pictures.get(face.face);
    return html`<li>${picture && html`<img alt="" width="96" height="96" src="data:image/jpeg;base64,${Buffer.from(picture).toString('base64')}">`}
<b>${task === 'age' ? ageText(face) : genderText(face)}</b><span>${face.face}</span></li>`;
  })}</ul></section>`;
}

const ageText = (face: JudgedFace) => {
  const { age, ageRange, said } = face;
  const label = ageRange ? `${ageRange.low}–${ageRange.high}` : age;
  const second = secondGuess(face);
  return `${said?.age?.years.toFixed(0)} (${said?.age?.low?.toFixed(0)}–${said?.age?.high?.toFixed(0)})${second ? `, or ${second}` : ''}, labelled ${label}`;
};

const genderText = ({ gender, said }: JudgedFace) =>
  `${said?.gender?.gender} ${(100 * (said?.gender?.confidence ?? 0)).toFixed(0)} %, labelled ${gender}`;

/** What the data set holds. */
export function dataSet(data: DataDescription): Markup {
  const { name, hash, faces, genders, ages, groups } = data;
  const title = 'Faces by labelled age, and what they are for';
  const row = (label: string, counts: SplitCounts) =>
    html`<tr><th scope="row">${label}</th>${SPLITS.map((split) => html`<td>${formatCount(counts[split])}</td>`)}</tr>`;
  return html`<section class="half"><h2>Data set ${name}</h2>
${scroll(
  'Counts of faces',
  html`<table><thead><tr><th scope="col">Faces</th>${SPLITS.map((split) => html`<th scope="col">${split}</th>`)}</tr></thead>
<tbody>${[row('all', faces), ...Object.entries(genders).map(([gender, counts]) => row(GENDERS[gender] ?? gender, counts))]}</tbody></table>`,
)}
${
  ages.length > 0 &&
  html`<figure><ul class="key">${SPLITS.map((split, index) => html`<li style="--colour: ${SERIES[index] ?? ''}">${split}</li>`)}</ul>${ageHistogram(data, title)}<figcaption>${title}</figcaption></figure>`
}
${Object.entries(groups).map(
  ([column, values]) =>
    html`<h3>${column}</h3><p class="soft">${Object.entries(values)
      .map(([value, count]) => `${value} ${formatCount(count)}`)
      .join(', ')}</p>`,
)}
${hash !== undefined && html`<p class="soft">Content ${hash.slice(0, 16)}</p>`}</section>`;
}

const GENDERS: Readonly<Record<string, string>> = { F: 'female', M: 'male', unknown: 'gender not labelled' };

/** "widened by 49 % (ages from 60)", and so on: each age band has a margin of its own where there are bands. */
function describeMargins({ margin, bands = [{ from: 0, margin }] }: IntervalCalibration): string {
  const parts = bands.map(({ from, margin }) => {
    const change = `${margin < 0 ? 'narrowed' : 'widened'} by ${(100 * Math.abs(margin)).toFixed(0)} %`;
    return bands.length > 1 ? `${change} (ages from ${from})` : change;
  });
  return parts.join(', ');
}

/** How ages are read, and all settings of the training. */
export function settings({ reading, spec }: Report): Markup | undefined {
  if (!reading && !spec) return undefined;
  return html`<section class="half"><h2>Settings</h2>
${
  reading &&
  html`<p>Years are the ${reading.estimate} of the distribution. The 80 % interval goes from its ${(100 * reading.interval.lower).toFixed(0)} % to its ${(100 * reading.interval.upper).toFixed(0)} % quantile,
${describeMargins(reading.interval)} of its width on both sides, as ${formatCount(reading.interval.faces)} validation faces showed.</p>`
}
${spec && html`<details open><summary>The training</summary><pre>${JSON.stringify(spec, undefined, 2)}</pre></details>`}</section>`;
}
