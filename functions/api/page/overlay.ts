import { wordsOf } from '../../../attributes/facts.ts';
import { html, type Markup } from '../../../support/markup.ts';
import type { FaceAnswer } from '../schemas.ts';
import { dictionary, type Language } from './dictionary.ts';

export interface OverlayOptions {
  readonly language: Language;
  /** Size of the photo that the faces' boxes are in, in pixels. */
  readonly width: number;
  readonly height: number;
  /** Makes each box a button that corrects the face; needs the script. */
  readonly correctable: boolean;
}

/** With more faces than this, numbers would hide them: only the face that is pointed at shows its number. */
const NUMBERED = 30;

/** The first attribute comes last: "female, about 34 years". */
export const describeFace = (face: FaceAnswer, language: Language): string =>
  wordsOf(face)
    .map((words) => words.describe(face, language))
    .reverse()
    .join(dictionary[language].separator);

/**
 * A box with its number for every face, to be laid over the photo. Positions are shares of the photo's size, so
 * that lines and numbers have the same size on every screen.
 */
export function overlay(
  faces: readonly FaceAnswer[],
  { language, width, height, correctable }: OverlayOptions,
): Markup {
  const texts = dictionary[language];
  const across = (value: number) => `${((value / width) * 100).toFixed(2)}%`;
  const down = (value: number) => `${((value / height) * 100).toFixed(2)}%`;
  const boxes = faces.map((face, index) => {
    const number = index + 1;
    const label = texts.describeFace(number, describeFace(face, language));
    const { box } = face;
    const place = html`x="${across(box.x)}" y="${down(box.y)}" width="${across(box.width)}" height="${down(box.height)}" rx="4"`;
    return html`<g data-face="${index}"${correctable && html` data-correct="${index}" role="button" tabindex="0" aria-label="${label}"`}>
<rect class="shade" ${place}/><rect class="line" ${place}/>
<svg class="badge" aria-hidden="true" x="${across(box.x)}" y="${down(box.y)}"><circle r="11"/><text dy=".35em">${number}</text></svg>
</g>`;
  });
  const role = correctable
    ? html`role="group" aria-label="${texts.faces(faces.length)}"`
    : html`aria-hidden="true"`;
  return html`<svg class="overlay${faces.length > NUMBERED && ' crowded'}" ${role}>${boxes}</svg>`;
}
