import { html, type Markup } from '../../../../support/markup.ts';
import type { Prediction } from '../../schemas.ts';
import { faceCard } from '../face-card.ts';
import {
  codeOf,
  facesOf,
  isPassing,
  noFaceNote,
  type ProblemDocument,
  problemNote,
  summarise,
} from '../notes.ts';
import { overlay } from '../overlay.ts';
import type { Kept } from './corrections.ts';
import { toElement, within } from './dom.ts';
import { highlightFaces } from './highlight.ts';
import type { Photo } from './photo.ts';
import { currentLanguage, texts } from './texts.ts';

/** How far a photo has come. */
export type Progress =
  | { readonly is: 'waiting' | 'looking' }
  | { readonly is: 'done'; readonly prediction: Prediction }
  | { readonly is: 'failed'; readonly problem: ProblemDocument };

export interface PhotoActions {
  retry(view: PhotoView): void;
  remove(view: PhotoView): void;
  correct(view: PhotoView, face: number): void;
  erase(view: PhotoView): void;
}

let count = 0;

/** One photo of the results: the picture with its boxes, and a card for every face. */
export class PhotoView {
  readonly photo: Photo;
  readonly element: HTMLElement;
  #progress: Progress = { is: 'waiting' };
  #kept: Kept | undefined;
  readonly #id = `photo-${++count}`;

  constructor(photo: Photo, actions: PhotoActions) {
    this.photo = photo;
    this.element = toElement(
      html`<article class="card photo" aria-labelledby="${this.#id}">
<header><h2 id="${this.#id}" tabindex="-1">${photo.name}</h2><p class="summary"></p><button type="button" class="quiet" data-action="remove"></button></header>
<figure><div class="frame"></div><figcaption></figcaption></figure>
<div class="faces"></div>
</article>`,
      HTMLElement,
    );
    if (photo.image) this.#show(photo.image, photo.image.naturalWidth, photo.image.naturalHeight);
    highlightFaces(this.element);
    this.element.addEventListener('click', ({ target }) => this.#act(target, actions));
    this.element.addEventListener('keydown', (event) => {
      if (!(event.target instanceof SVGElement) || (event.key !== 'Enter' && event.key !== ' ')) return;
      event.preventDefault();
      this.#act(event.target, actions);
    });
    this.render();
  }

  get progress(): Progress {
    return this.#progress;
  }

  set progress(progress: Progress) {
    this.#progress = progress;
    this.render();
  }

  get kept(): Kept | undefined {
    return this.#kept;
  }

  set kept(kept: Kept | undefined) {
    this.#kept = kept;
    this.render();
  }

  /** What was found, or what it waits for, in words. */
  get summary(): string {
    const progress = this.#progress;
    if (progress.is === 'done') return summarise(progress.prediction, currentLanguage());
    if (progress.is === 'failed') return texts().problems[codeOf(progress.problem)][0] ?? '';
    return progress.is === 'waiting' ? texts().waiting : texts().looking;
  }

  /** Draws everything anew that is in words or has changed; what had the focus keeps it. */
  render(): void {
    const { photo, element } = this;
    const focused = element.contains(document.activeElement) && selectorOf(document.activeElement);
    const progress = this.#progress;
    const busy = progress.is === 'waiting' || progress.is === 'looking';
    element.ariaBusy = String(busy);
    const remove = within(element, '[data-action=remove]', HTMLElement);
    remove.textContent = texts().remove;
    remove.ariaLabel = texts().removePhoto(photo.name);
    within(element, '.summary', HTMLElement).textContent = progress.is === 'done' ? this.summary : '';
    if (photo.image) photo.image.alt = texts().photoOf(photo.name);

    element.querySelector('.overlay')?.remove();
    if (progress.is === 'done') this.#drawBoxes(progress.prediction);
    within(element, 'figcaption', HTMLElement).innerHTML = this.#caption().toString();
    within(element, '.faces', HTMLElement).innerHTML = this.#faces().toString();
    this.#drawPortraits();
    if (focused) (element.querySelector<HTMLElement>(focused) ?? within(element, 'h2', HTMLElement)).focus();
  }

  /** Goes to the button that corrects a face. */
  focusFace(index: number): void {
    within(this.element, `button[data-correct="${index}"]`, HTMLElement).focus();
  }

  #drawBoxes(prediction: Prediction): void {
    if (!prediction.ismankind) return;
    const { width, height, faces } = prediction;
    const boxes = overlay(faces, { language: currentLanguage(), width, height, correctable: true });
    this.#show(toElement(boxes, SVGElement), width, height);
  }

  /** Puts something into the frame, which takes its size, as far as there is room, before it is there. */
  #show(content: Element, width: number, height: number): void {
    const { style } = within(this.element, 'figure', HTMLElement);
    style.setProperty('--width', `${width}px`);
    style.setProperty('--ratio', String(width / height));
    within(this.element, '.frame', HTMLElement).append(content);
  }

  /** Cuts each face out of the photo for its card, a little wider than its box. */
  #drawPortraits(): void {
    const { image } = this.photo;
    if (!image || this.#progress.is !== 'done' || !this.#progress.prediction.ismankind) return;
    const { width, faces } = this.#progress.prediction;
    const scale = image.naturalWidth / width;
    for (const [index, canvas] of this.element.querySelectorAll('canvas').entries()) {
      const box = faces[index]?.box;
      if (!box) continue;
      const side = Math.max(box.width, box.height) * 1.3;
      const left = box.x + box.width / 2 - side / 2;
      const top = box.y + box.height / 2 - side / 2;
      canvas
        .getContext('2d')
        ?.drawImage(
          image,
          left * scale,
          top * scale,
          side * scale,
          side * scale,
          0,
          0,
          canvas.width,
          canvas.height,
        );
    }
  }

  #caption(): Markup {
    const { notShown, keptAs, erase } = texts();
    return html`${!this.photo.image && this.#progress.is === 'done' && html`<p class="hint">${notShown}</p>`}
${this.#kept && html`<p class="kept"><span>${keptAs} <code>${this.#kept.photo.id}</code></span> <button type="button" class="secondary" data-action="erase">${erase}</button></p>`}`;
  }

  #faces(): Markup {
    const language = currentLanguage();
    const progress = this.#progress;
    switch (progress.is) {
      case 'waiting':
      case 'looking':
        return html`<div class="pending"><progress aria-label="${this.summary}"></progress><p>${this.summary}</p></div>`;
      case 'failed':
        return html`<div>${problemNote(progress.problem, language)}
${isPassing(progress.problem) && html`<p class="buttons"><button type="button" class="secondary" data-action="retry">${texts().retry}</button></p>`}</div>`;
      case 'done': {
        const cards = facesOf(progress.prediction).map((face, index) =>
          faceCard(face, index, {
            language,
            correctable: true,
            pictured: this.photo.image !== undefined,
            correction: this.#kept?.corrections.get(index),
          }),
        );
        return cards.length > 0 ? html`<ol>${cards}</ol>` : noFaceNote(language);
      }
    }
  }

  #act(target: EventTarget | null, actions: PhotoActions): void {
    const source = target instanceof Element && target.closest<HTMLElement>('[data-action], [data-correct]');
    if (!source) return;
    const { action, correct } = source.dataset;
    if (action === 'retry' || action === 'remove' || action === 'erase') actions[action](this);
    else actions.correct(this, Number(correct));
  }
}

/** Finds the same element again after it was drawn anew. */
function selectorOf(element: Element | null): string | undefined {
  if (!(element instanceof HTMLElement || element instanceof SVGElement)) return undefined;
  const { action, correct } = element.dataset;
  if (action) return `[data-action="${action}"]`;
  return correct === undefined ? undefined : `${element.localName}[data-correct="${correct}"]`;
}
