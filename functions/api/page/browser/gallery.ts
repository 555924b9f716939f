import { facesOf, isOfKey, problemNote } from '../notes.ts';
import { CorrectionDialog } from './correction-dialog.ts';
import { keepCorrection } from './corrections.ts';
import { announce, byId, toElement, within } from './dom.ts';
import { askForKey } from './key.ts';
import { closePhoto, openPhoto } from './photo.ts';
import { type PhotoActions, PhotoView } from './photo-view.ts';
import { erasePhoto, predict, problemOf } from './service.ts';
import { currentLanguage, texts } from './texts.ts';

/** The photos on the page, newest first, and what is done with them. */
export class Gallery implements PhotoActions {
  readonly #results = byId('results', HTMLElement);
  readonly #dialog = new CorrectionDialog();
  /** Each with what stops its analysis. */
  readonly #views = new Map<PhotoView, AbortController>();
  /** Photos are analysed one after another. */
  #last: Promise<void> = Promise.resolve();

  /** Shows photos and has them analysed. */
  async add(files: readonly File[]): Promise<void> {
    const photos = await Promise.all(files.map(openPhoto));
    const views = photos.map((photo) => new PhotoView(photo, this));
    this.#results.prepend(...views.map(({ element }) => element));
    views[0]?.element.scrollIntoView({ block: 'start' });
    for (const view of views) this.retry(view);
  }

  /** Those that failed for want of a key that may. */
  retryRefused(): void {
    for (const view of this.#views.keys()) {
      if (view.progress.is === 'failed' && isOfKey(view.progress.problem)) this.retry(view);
    }
  }

  /** In the language that the page has turned to. */
  render(): void {
    for (const view of this.#views.keys()) view.render();
  }

  retry(view: PhotoView): void {
    const stop = new AbortController();
    this.#views.set(view, stop);
    view.progress = { is: 'waiting' };
    this.#last = this.#last.then(() => this.#analyse(view, stop.signal));
  }

  remove(view: PhotoView): void {
    this.#views.get(view)?.abort();
    this.#views.delete(view);
    const { element, photo } = view;
    const neighbour = element.nextElementSibling ?? element.previousElementSibling;
    element.remove();
    closePhoto(photo);
    (neighbour?.querySelector<HTMLElement>('h2') ?? byId('file', HTMLElement)).focus();
  }

  async correct(view: PhotoView, index: number): Promise<void> {
    if (view.progress.is !== 'done') return;
    const { prediction } = view.progress;
    const face = facesOf(prediction)[index];
    if (!prediction.ismankind || !face) return;
    const corrected = { index, box: face.box, width: prediction.width };
    const earlier = view.kept?.corrections.get(index);
    await this.#dialog.open(index + 1, face, earlier, async (correction, onStep) => {
      view.kept = await keepCorrection(view.photo, corrected, correction, view.kept, onStep);
      announce(texts().saved(index + 1));
    });
    // The browser goes back to the button that opened the dialog, unless that was drawn anew meanwhile.
    if (!view.element.contains(document.activeElement)) view.focusFace(index);
  }

  async erase(view: PhotoView): Promise<void> {
    if (!view.kept) return;
    const button = within(view.element, '[data-action=erase]', HTMLButtonElement);
    button.disabled = true;
    button.textContent = texts().erasingNow;
    try {
      await erasePhoto(view.kept.photo.id);
      view.kept = undefined;
      announce(texts().erased);
    } catch (error) {
      view.render();
      const note = toElement(problemNote(problemOf(error), currentLanguage()), HTMLElement);
      note.role = 'alert';
      within(view.element, 'figcaption', HTMLElement).append(note);
    }
  }

  async #analyse(view: PhotoView, stop: AbortSignal): Promise<void> {
    if (stop.aborted) return;
    const { name, blob } = view.photo;
    view.progress = { is: 'looking' };
    announce(texts().announceLooking(name));
    try {
      view.progress = { is: 'done', prediction: await predict(blob, stop) };
      announce(texts().announceDone(name, view.summary));
    } catch (error) {
      if (stop.aborted) return;
      const problem = problemOf(error);
      view.progress = { is: 'failed', problem };
      announce(texts().announceDone(name, view.summary));
      if (problem.status === 401) askForKey(view.summary);
    }
  }
}
