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
import { drawPortrait, type Photo } from './photo.ts';
import { currentLanguage, texts } from './texts.ts';

/** How far a photo has come. */
export type Progress =
  | { readonly is: 'waiting' | 'looking' | 'starting' }
  | { readonly is: 'done'; readonly prediction: Prediction }
  | { readonly is: 'failed'; readonly problem: ProblemDocument };

export interface PhotoActions {
  retry(view: PhotoView): void;
  remove(view: PhotoView): void;
  correct(view: PhotoView, face: number): void;
  erase(view: PhotoView): void;
  copy(view: PhotoView): void;
  annotate(view: PhotoView): void;
  blur(view: PhotoView): void;
}

const ACTIONS = ['retry', 'remove', 'erase', 'copy', 'annotate', 'blur'] as const;

let count = 0;

/** One photo of the results: the picture with its boxes, and a card for every face. */
export class PhotoView {
  readonly element: HTMLElement;
  #photo: Photo;
  #progress: Progress = { is: 'waiting' };
  #kept: Kept | undefined;
  /** Id of its heading. */
  readonly id = `photo-${++count}`;

  constructor(photo: Photo, actions: PhotoActions) {
    this.#photo = photo;
    this.element = toElement(
      html`<article class="card photo" aria-labelledby="${this.id}">
<header><h2 id="${this.id}" tabindex="-1">${photo.name}</h2><p class="summary"></p><button type="button" class="quiet" data-action="remove"></button></header>
<p class="actions">${(['copy', 'annotate', 'blur'] as const).map((action) => html`<button type="button" class="quiet" data-action="${action}" data-text="${action}" aria-describedby="${this.id}">${texts()[action]}</button>`)}</p>
<figure><div class="frame"></div><figcaption></figcaption></figure>
<div class="faces"></div>
</article>`,
      HTMLElement,
    );
    highlightFaces(this.element);
    this.element.addEventListener('click', ({ target }) => this.#act(target, actions));
    this.element.addEventListener('keydown', (event) => {
      if (!(event.target instanceof SVGElement) || (event.key !== 'Enter' && event.key !== ' ')) return;
      event.preventDefault();
      this.#act(event.target, actions);
    });
    this.render();
  }

  get photo(): Photo {
    return this.#photo;
  }

  /** The same photo once it is opened. */
  set photo(photo: Photo) {
    this.#photo = photo;
    if (photo.image) this.#show(photo.image, photo.image.naturalWidth, photo.image.naturalHeight);
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

  /** What was found, or what the photo waits for, in words. */
  get summary(): string {
    const progress = this.#progress;
    if (progress.is === 'done') return summarise(progress.prediction, currentLanguage());
    if (progress.is === 'failed') return texts().problems[codeOf(progress.problem)][0] ?? '';
    return texts()[progress.is];
  }

  /** Draws everything again that has words or has changed; what had the focus keeps it. */
  render(): void {
    const { photo, element } = this;
    const focused = element.contains(document.activeElement) && selectorOf(document.activeElement);
    const progress = this.#progress;
    element.ariaBusy = String(progress.is !== 'done' && progress.is !== 'failed');
    const remove = within(element, '[data-action=remove]', HTMLElement);
    remove.textContent = texts().remove;
    remove.ariaLabel = texts().removePhoto(photo.name);
    within(element, '.summary', HTMLElement).textContent = progress.is === 'done' ? this.summary : '';
    this.#offerActions();
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

  /** The buttons are there from the start, so that nothing moves when the result comes. */
  #offerActions(): void {
    const progress = this.#progress;
    within(this.element, '.actions', HTMLElement).hidden = progress.is === 'failed';
    const drawable = this.photo.image && (progress.is !== 'done' || progress.prediction.ismankind);
    for (const button of this.element.querySelectorAll<HTMLButtonElement>('.actions button')) {
      button.disabled = progress.is !== 'done';
      button.hidden = button.dataset.action !== 'copy' && !drawable;
    }
  }

  #drawBoxes(prediction: Prediction): void {
    if (!prediction.ismankind) return;
    const { width, height, faces } = prediction;
    const boxes = overlay(faces, { language: currentLanguage(), width, height, correctable: true });
    this.#show(toElement(boxes, SVGElement), width, height);
  }

  /** Puts something into the frame, which has its final size before it is loaded. */
  #show(content: Element, width: number, height: number): void {
    const { style } = within(this.element, 'figure', HTMLElement);
    style.setProperty('--width', `${width}px`);
    style.setProperty('--ratio', String(width / height));
    within(this.element, '.frame', HTMLElement).append(content);
  }

  #drawPortraits(): void {
    if (this.#progress.is !== 'done' || !this.#progress.prediction.ismankind) return;
    const { width, faces } = this.#progress.prediction;
    for (const [index, canvas] of this.element.querySelectorAll('canvas').entries()) {
      const box = faces[index]?.box;
      if (box) drawPortrait(canvas, this.photo, box, width);
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
      case 'starting':
        return html`<div class="pending"><progress aria-label="${this.summary}"></progress><p>${this.summary}</p></div>`;
      case 'failed':
        return html`<div>${problemNote(progress.problem, language)}
${isPassing(progress.problem) && html`<p class="buttons"><button type="button" class="secondary" data-action="retry">${texts().retry}</button></p>`}</div>`;
      case 'done': {
        const cards = facesOf(progress.prediction).map((face, index) =>
          faceCard(face, index, {
            language,
            photo: this.id,
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
    const { correct } = source.dataset;
    const action = ACTIONS.find((name) => name === source.dataset.action);
    if (action) actions[action](this);
    else actions.correct(this, Number(correct));
  }
}

/** Finds the same element again once it has been drawn again. */
function selectorOf(element: Element | null): string | undefined {
  if (!(element instanceof HTMLElement || element instanceof SVGElement)) return undefined;
  const { action, correct } = element.dataset;
  if (action) return `[data-action="${action}"]`;
  return correct === undefined ? undefined : `${element.localName}[data-correct="${correct}"]`;
}
