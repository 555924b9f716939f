import { factsOf, wordsOf } from '../../../attributes/facts.ts';
import { type Corrected, type Term, toPercentage } from '../../../attributes/words.ts';
import { html, type Markup } from '../../../support/markup.ts';
import type { FaceAnswer } from '../schemas.ts';
import { dictionary, type Language } from './dictionary.ts';

/** What a person said of a face, by the attributes' names. */
export type Correction = Readonly<Record<string, Corrected>>;

export interface FaceCardOptions {
  readonly language: Language;
  /** Id of the photo that the face is on. */
  readonly photo: string;
  /** Offers to correct the face; needs the script. */
  readonly correctable: boolean;
  /** Leaves room for a picture of the face, which the script draws. */
  readonly pictured: boolean;
  readonly correction?: Correction | undefined;
}

/**
 * All that is known of one face: an item of a list.
 * @param index place in the photo's list of faces, from 0
 */
export function faceCard(
  face: FaceAnswer,
  index: number,
  { language, photo, correctable, pictured, correction }: FaceCardOptions,
): Markup {
  const texts = dictionary[language];
  const number = index + 1;
  const parts = factsOf(face).map((fact) => fact.card(face, language));
  const terms: readonly Term[] = [
    ...parts.flatMap(({ term }) => term ?? []),
    {
      title: texts.detected,
      value: html`<strong>${toPercentage(face.confidence, language)}</strong>`,
      meaning: texts.detectedMeaning,
    },
  ];
  const id = faceId(photo, index);
  return html`<li class="face" id="${id}" tabindex="-1" data-face="${index}">
<header>
${pictured && html`<canvas width="112" height="112" aria-hidden="true"></canvas>`}
<div>
<h3>${texts.face(number)}</h3>
${parts.flatMap(({ head }) => head ?? [])}
</div>
${correctable && html`<button type="button" class="quiet" data-correct="${index}" aria-label="${texts.correctFace(number)}">${texts.correct}</button>`}
</header>
${parts.flatMap(({ chart }) => chart ?? [])}
<dl>
${terms.map(({ title, value, meaning }, place) => html`<div><dt>${meaning ? explained(title, meaning, `${id}-${place}`) : title}</dt><dd>${value}</dd></div>\n`)}</dl>
${parts.flatMap(({ foot }) => foot ?? [])}
${correction && html`<p class="corrected">${texts.corrected(describeCorrection(face, correction, language))}</p>`}
</li>`;
}

/** Where a face's card is in the document. */
export const faceId = (photo: string, index: number): string => `${photo}-face-${index + 1}`;

/** A title that shows its meaning when it is pointed at, focused or tapped; this needs no script. */
const explained = (title: string, meaning: string, id: string): Markup =>
  html`<button type="button" class="explained" aria-describedby="${id}">${title}</button><span id="${id}" role="tooltip">${meaning}</span>`;

/** "34 years, female" */
function describeCorrection(face: FaceAnswer, correction: Correction, language: Language): string {
  return wordsOf(face)
    .flatMap(({ name, correction: words }) => {
      const value = correction[name];
      return value === undefined ? [] : words.describe(value, language);
    })
    .join(dictionary[language].separator);
}
