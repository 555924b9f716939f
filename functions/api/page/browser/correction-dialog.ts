import type { Part } from '../../../../attributes/attribute.ts';
import { wordsOf } from '../../../../attributes/facts.ts';
import { html } from '../../../../support/markup.ts';
import type { FaceAnswer } from '../../schemas.ts';
import type { Correction } from '../face-card.ts';
import { problemNote } from '../notes.ts';
import { byId, within } from './dom.ts';
import { problemOf } from './service.ts';
import { currentLanguage, texts } from './texts.ts';

/** Saves a correction, and says what it is doing. */
export type Save = (correction: Correction, onStep: (words: string) => void) => Promise<void>;

/** Asks what is right about a face, and whether photo and correction may be kept. */
export class CorrectionDialog {
  readonly #dialog = byId('correction', HTMLDialogElement);
  readonly #form = within(this.#dialog, 'form', HTMLFormElement);
  readonly #fields = byId('correction-fields', HTMLElement);
  readonly #saveButton = byId('save', HTMLButtonElement);
  readonly #problem = byId('correction-problem', HTMLElement);
  readonly #progress = byId('correction-progress', HTMLElement);
  #save: Save | undefined;
  /** The one that is being corrected. */
  #face: Part = {};

  constructor() {
    this.#form.addEventListener('submit', (event) => {
      event.preventDefault();
      this.#submit();
    });
    within(this.#dialog, '[data-close]', HTMLElement).addEventListener('click', () => this.#dialog.close());
    // While it saves, there is nothing to go back to.
    this.#dialog.addEventListener('cancel', (event) => {
      if (this.#saveButton.disabled) event.preventDefault();
    });
  }

  /**
   * @param number as the face's card has it, from 1
   * @param earlier the correction that the new one replaces
   * @returns when the dialog is closed
   */
  open(number: number, face: FaceAnswer, earlier: Correction | undefined, save: Save): Promise<void> {
    const language = currentLanguage();
    this.#save = save;
    this.#face = face;
    this.#form.reset();
    this.#fields.innerHTML =
      html`${wordsOf(face).map(({ name, correction }) => correction.fields(face, earlier?.[name], language))}`.toString();
    this.#show('', '');
    byId('correction-title', HTMLElement).textContent = texts().correction(number);
    this.#dialog.showModal();
    this.#focus();
    return new Promise((resolve) => {
      this.#dialog.addEventListener('close', () => resolve(), { once: true });
    });
  }

  async #submit(): Promise<void> {
    const values = new FormData(this.#form);
    const entered = wordsOf(this.#face).flatMap(({ name, correction }) => {
      const value = values.get(name);
      return typeof value === 'string' && value !== '' ? [[name, correction.read(value)] as const] : [];
    });
    if (entered.length === 0) {
      this.#show('', texts().nothingCorrected);
      this.#focus();
      return;
    }
    const correction: Correction = Object.fromEntries(entered);
    const close = within(this.#dialog, '[data-close]', HTMLButtonElement);
    this.#saveButton.disabled = close.disabled = true;
    this.#show('', '');
    try {
      await this.#save?.(correction, (words) => this.#show(words, ''));
      this.#dialog.close();
    } catch (error) {
      this.#show('', '');
      this.#problem.innerHTML = problemNote(problemOf(error), currentLanguage()).toString();
    } finally {
      this.#saveButton.disabled = close.disabled = false;
    }
  }

  #focus(): void {
    within(this.#fields, 'input', HTMLInputElement).focus();
  }

  #show(progress: string, problem: string): void {
    this.#progress.textContent = progress;
    this.#problem.textContent = problem;
  }
}
