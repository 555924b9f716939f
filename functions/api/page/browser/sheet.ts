import { FACTS } from '../../../../attributes/facts.ts';
import { html } from '../../../../support/markup.ts';
import type { FaceAnswer } from '../../schemas.ts';
import { faceId } from '../face-card.ts';
import { describeFace } from '../overlay.ts';
import { within } from './dom.ts';
import { drawPortrait } from './photo.ts';
import type { PhotoView } from './photo-view.ts';
import { currentLanguage, texts } from './texts.ts';

/** What faces can be sorted by, highest first. */
interface Order {
  readonly name: string;
  readonly title: string;
  value(face: FaceAnswer): number | undefined;
}

/** Shows the faces of all photos side by side, each with a link to its card. */
export function drawSheet(sheet: HTMLElement, select: HTMLSelectElement, views: readonly PhotoView[]): void {
  const faces = views.flatMap((view) => {
    const { id, photo, progress } = view;
    if (progress.is !== 'done' || !progress.prediction.ismankind) return [];
    const { width } = progress.prediction;
    return progress.prediction.faces.map((face, index) => ({ id, photo, width, face, index }));
  });
  const order = chosen(
    select,
    faces.map(({ face }) => face),
  );
  const value = (face: FaceAnswer) => order?.value(face) ?? Number.NEGATIVE_INFINITY;
  // Faces of the same value stay in the order of the photos.
  if (order) faces.sort((one, other) => compare(value(other.face), value(one.face)));

  const list = within(sheet, 'ol', HTMLOListElement);
  const focused = list.contains(document.activeElement) && document.activeElement?.getAttribute('href');
  const language = currentLanguage();
  list.innerHTML = html`${faces.map(
    ({ id, photo, face, index }) => html`<li><a href="#${faceId(id, index)}">
<canvas width="112" height="112" aria-hidden="true"></canvas>
<strong>${texts().face(index + 1)}</strong> <span>${describeFace(face, language)}</span> <span class="hint">${photo.name}</span></a></li>`,
  )}`.toString();
  for (const [place, canvas] of list.querySelectorAll('canvas').entries()) {
    const shown = faces[place];
    if (shown) drawPortrait(canvas, shown.photo, shown.face.box, shown.width);
  }
  if (focused) list.querySelector<HTMLElement>(`[href="${focused}"]`)?.focus();
}

/** Offers the orders that some face can be sorted by, in the page's language. */
function chosen(select: HTMLSelectElement, faces: readonly FaceAnswer[]): Order | undefined {
  const language = currentLanguage();
  const orders: readonly Order[] = [
    { name: 'confidence', title: texts().detected, value: ({ confidence }) => confidence },
    ...FACTS.flatMap(({ field, rank }) =>
      rank && faces.some((face) => rank.value(face) !== undefined)
        ? { name: field, title: rank.title[language], value: (face: FaceAnswer) => rank.value(face) }
        : [],
    ),
  ];
  const options = [...orders, { name: 'photos', title: texts().photoOrder }];
  const { name } = options.find((option) => option.name === select.value) ?? { name: 'confidence' };
  select.innerHTML =
    html`${options.map((option) => html`<option value="${option.name}">${option.title}</option>`)}`.toString();
  select.value = name;
  return orders.find((order) => order.name === name);
}

const compare = (one: number, other: number): number => (one === other ? 0 : one - other);
