import { attributeOf, nameOf } from '../../attributes/list.ts';
import { html, type Markup } from '../../support/markup.ts';
import { CONSTANT_ANSWER } from '../evaluation/decision.ts';
import { dataSet, faces, learning, settings } from './background.ts';
import { SERIES } from './charts.ts';
import { renderDocument } from './document.ts';
import type { Report } from './report.ts';
import { compare, confusion, errors, groups } from './sections.ts';
import { capitalise, figuresOf, formatCount, formatFigure, formatTime } from './wording.ts';

export interface PageOptions {
  /**
   * Small JPEGs of faces, by the face's name: shown beside the worst errors. They are biometric data; without
   * them the report has none.
   */
  readonly pictures?: ReadonlyMap<string, Uint8Array>;
}

/** `report.html`: one file that needs no other, with nothing in it that runs. */
export function renderReport(report: Report, { pictures }: PageOptions = {}): string {
  const { task, candidate, inService, createdAt } = report;
  const body = html`<header>
<h1>${capitalise(nameOf(task))} model ${candidate.name}</h1>
<p>Version ${candidate.version}, ${formatTime(createdAt)}.
Measured on ${formatCount(candidate.evaluation.overall.faces)} faces that it was not trained on.</p>
<ul class="key">${[
    legend(SERIES[0], `${candidate.name} ${candidate.version}`),
    ...(inService ? [legend(SERIES[1], nameOpponent(report, inService))] : []),
  ]}</ul>
</header>
<main>
${verdict(report)}
${figures(report)}
${compare(report)}
${groups(report)}
${confusion(candidate, 'half')}
${inService ? confusion(inService, 'half') : undefined}
${errors(report)}
${learning(report)}
${faces(report, pictures)}
${dataSet(report)}
${settings(report)}
</main>
<footer><p>${
    pictures && pictures.size > 0
      ? 'This report shows faces. They are biometric data: share it only with people who may see them, and delete it with the photos.'
      : 'Faces are biometric data: this report names photos but shows none.'
  }</p></footer>`;
  return renderDocument({ title: `${nameOf(task)} model ${candidate.version}`, pictures: true, body });
}

/** What the model was compared with. */
const nameOpponent = ({ decision }: Report, { name, version }: NonNullable<Report['inService']>): string =>
  isConstant(decision) ? CONSTANT_ANSWER.name : `in service: ${name} ${version}`;

const isConstant = (decision: Report['decision']): boolean => decision?.against === CONSTANT_ANSWER.name;

const legend = (colour: string, text: string): Markup => html`<li style="--colour: ${colour}">${text}</li>`;

function verdict({ decision }: Report): Markup | undefined {
  if (!decision) return undefined;
  const { promote, reasons, against } = decision;
  return html`<section class="verdict ${promote ? 'yes' : 'no'}">
<h2>${promote ? 'Better than' : 'Does not replace'} ${against}</h2>
<ul>${reasons.map((reason) => html`<li>${reason}</li>`)}</ul>
</section>`;
}

function figures({ task, candidate, inService, decision }: Report): Markup {
  const own = candidate.evaluation.overall;
  const other = inService?.evaluation.overall;
  const known = figuresOf(task, other ? [own, other] : [own]);
  const { report: note } = attributeOf(task).evaluation.notes;
  return html`<section><h2>Overall</h2><dl class="figures">${known.map(
    (figure) => html`<div><dt>${figure.title}, ${figure.unit}</dt>
<dd>${formatFigure(figure, own)}${other && html`<small>${formatFigure(figure, other)} ${isConstant(decision) ? CONSTANT_ANSWER.name : 'in service'}</small>`}</dd></div>`,
  )}</dl>
${note !== undefined && html`<p class="soft">${note}</p>`}</section>`;
}
