import { facesOf, isOfKey, problemNote } from '../notes.ts';
import type { CorrectionDialog } from './correction-dialog.ts';
import { announce, byId, notify, toElement, within } from './dom.ts';
import type { Draw } from './drawing.ts';
import { askForKey } from './key.ts';
import { closePhoto, encodeJpeg, openPhoto } from './photo.ts';
import { type PhotoActions, PhotoView } from './photo-view.ts';
import { erasePhoto, predict, problemOf } from './service.ts';
import { currentLanguage, texts } from './texts.ts';
import { loadTools, type Tools, withTools } from './tools-loader.ts';

/** After this time a photo may be waiting for a service that is starting, in milliseconds. */
const PROMPT = 2000;
/** How long a service stays warm after its last answer, in milliseconds. */
const WARM = 5 * 60_000;

/** The photos on the page, newest first, and what is done with them. */
export class Gallery implements PhotoActions {
  readonly #results = byId('results', HTMLElement);
  readonly #sheet = byId('sheet', HTMLDetailsElement);
  readonly #order = byId('sheet-order', HTMLSelectElement);
  #dialog: CorrectionDialog | undefined;
  /** Each with the controller that stops its analysis. */
  readonly #views = new Map<PhotoView, AbortController>();
  /** Photos are analysed one after another. */
  #last: Promise<void> = Promise.resolve();
  /** So are they opened, ahead of that: decoded at once, hundreds of photos take more memory than a page has. */
  #opening: Promise<void> = Promise.resolve();
  readonly #opened = new WeakMap<PhotoView, Promise<void>>();
  /** When the service last answered. */
  #answered = Number.NEGATIVE_INFINITY;

  constructor() {
    this.#sheet.addEventListener('toggle', () => this.#drawSheet());
    this.#order.addEventListener('change', () => this.#drawSheet());
  }

  /** Shows photos, by name at first, and has them opened and analysed. */
  add(files: readonly File[]): void {
    const views = files.map((file) => {
      const view = new PhotoView({ name: file.name, blob: file }, this);
      // What can't be opened is sent as it is.
      this.#opening = this.#opening.then(() => this.#open(view, file)).catch(() => {});
      this.#opened.set(view, this.#opening);
      return view;
    });
    this.#results.prepend(...views.map(({ element }) => element));
    views[0]?.element.scrollIntoView({ block: 'start' });
    for (const view of views) this.retry(view);
    // They will be needed, and there is a connection now.
    loadTools().catch(() => {});
  }

  /** Analyses the photos again that failed because of the key. */
  retryRefused(): void {
    for (const view of this.#views.keys()) {
      if (view.progress.is === 'failed' && isOfKey(view.progress.problem)) this.retry(view);
    }
  }

  /** Draws all of it in the page's current language. */
  render(): void {
    for (const view of this.#views.keys()) view.render();
    this.#drawSheet();
  }

  retry(view: PhotoView): void {
    const stop = new AbortController();
    this.#views.set(view, stop);
    view.progress = { is: 'waiting' };
    this.#drawSheet();
    this.#last = this.#last.then(() => this.#analyse(view, stop.signal));
  }

  remove(view: PhotoView): void {
    this.#views.get(view)?.abort();
    this.#views.delete(view);
    const { element, photo } = view;
    const neighbour = element.nextElementSibling ?? element.previousElementSibling;
    element.remove();
    closePhoto(photo);
    this.#drawSheet();
    (neighbour?.querySelector<HTMLElement>('h2') ?? byId('file', HTMLElement)).focus();
  }

  correct(view: PhotoView, index: number): Promise<void> {
    return withTools((tools) => this.#correct(tools, view, index));
  }

  async copy(view: PhotoView): Promise<void> {
    if (view.progress.is !== 'done') return;
    const json = JSON.stringify(view.progress.prediction, null, 2);
    try {
      // Without a secure connection there is no `clipboard`.
      await navigator.clipboard.writeText(json);
      notify(texts().copied);
    } catch {
      download(new Blob([json], { type: 'application/json' }), view.photo.name, '.json');
      notify(texts().saved);
    }
  }

  annotate(view: PhotoView): Promise<void> {
    return withTools((tools) => this.#save(view, tools.annotate, '-annotated.jpg', texts().saved));
  }

  blur(view: PhotoView): Promise<void> {
    return withTools((tools) => this.#save(view, tools.blur, '-blurred.jpg', texts().savedBlurred));
  }

  async #save(view: PhotoView, draw: Draw, ending: string, outcome: string): Promise<void> {
    const { photo, progress } = view;
    if (!photo.image || progress.is !== 'done' || !progress.prediction.ismankind) return;
    const picture = await encodeJpeg(await draw(photo.image, progress.prediction));
    if (!picture) return notify(texts().problems.other.join('. '));
    download(picture, photo.name, ending);
    notify(outcome);
  }

  async #correct(tools: Tools, view: PhotoView, index: number): Promise<void> {
    if (view.progress.is !== 'done') return;
    const { prediction } = view.progress;
    const face = facesOf(prediction)[index];
    if (!prediction.ismankind || !face) return;
    const corrected = { index, box: face.box, width: prediction.width };
    const earlier = view.kept?.corrections.get(index);
    this.#dialog ??= new tools.CorrectionDialog();
    await this.#dialog.open(index + 1, face, earlier, async (correction, onStep) => {
      view.kept = await tools.keepCorrection(view.photo, corrected, correction, view.kept, onStep);
      announce(texts().correctionSaved(index + 1));
    });
    // The browser goes back to the button that opened the dialog, unless that has been drawn again.
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
    await this.#opened.get(view);
    if (stop.aborted) return;
    const { name, blob } = view.photo;
    view.progress = { is: 'looking' };
    announce(texts().announceLooking(name));
    const isWarm = performance.now() - this.#answered < WARM;
    const late = setTimeout(() => !isWarm && !stop.aborted && this.#sayStarting(view), PROMPT);
    try {
      const prediction = await predict(blob, stop);
      this.#answered = performance.now();
      view.progress = { is: 'done', prediction };
      announce(texts().announceDone(name, view.summary));
    } catch (error) {
      if (stop.aborted) return;
      const problem = problemOf(error);
      view.progress = { is: 'failed', problem };
      announce(texts().announceDone(name, view.summary));
      if (problem.status === 401) askForKey(view.summary);
    } finally {
      clearTimeout(late);
      this.#drawSheet();
    }
  }

  async #open(view: PhotoView, file: File): Promise<void> {
    if (!this.#views.has(view)) return;
    const photo = await openPhoto(file);
    // It may have been removed in the meantime.
    if (this.#views.has(view)) view.photo = photo;
    else closePhoto(photo);
  }

  #sayStarting(view: PhotoView): void {
    view.progress = { is: 'starting' };
    announce(view.summary);
  }

  /** Shows the faces of all photos where there are several photos and the sheet is open. */
  #drawSheet(): void {
    this.#sheet.hidden = this.#views.size < 2;
    if (this.#sheet.hidden || !this.#sheet.open) return;
    // In the order in which they are on the page.
    const views = [...this.#views.keys()].sort((one, other) =>
      precedes(one.element, other.element) ? -1 : 1,
    );
    withTools((tools) => tools.drawSheet(this.#sheet, this.#order, views));
  }
}

const precedes = (one: Node, other: Node): boolean =>
  (one.compareDocumentPosition(other) & Node.DOCUMENT_POSITION_FOLLOWING) !== 0;

/** Gives a file to the user, named after the photo. */
function download(file: Blob, photo: string, ending: string): void {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(file);
  link.download = photo.replace(/\.[^.]*$/, '') + ending;
  link.click();
  // By then the browser has begun to read it.
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}
