import type { FaceAnswer } from '../../schemas.ts';
import { genderName } from '../dictionary.ts';
import type { Correction } from '../face-card.ts';
import { problemNote } from '../notes.ts';
import { byId, within } from './dom.ts';
import { problemOf } from './service.ts';
import { currentLanguage, texts } from './texts.ts';

/** Saves a correction, saying on the way what is being done. */
export type Save = (correction: Correction, onStep: (words: string) => void) => Promise<void>;

/** Asks what is right about a face, and whether photo and correction may be kept. */
export class CorrectionDialog {
  readonly #dialog = byId('correction', HTMLDialogElement);
  readonly #form = within(this.#dialog, 'form', HTMLFormElement);
  readonly #age = byId('true-age', HTMLInputElement);
  readonly #saveButton = byId('save', HTMLButtonElement);
  readonly #problem = byId('correction-problem', HTMLElement);
  readonly #progress = byId('correction-progress', HTMLElement);
  #save: Save | undefined;

  constructor() {
    this.#form.addEventListener('submit', (event) => {
      event.preventDefault();
      this.#submit();
    });
    within(this.#dialog, '[data-close]', HTMLElement).addEventListener('click', () => this.#dialog.close());
    // While it is being saved there is nothing to go back to.
    this.#dialog.addEventListener('cancel', (event) => {
      if (this.#saveButton.disabled) event.preventDefault();
    });
  }

  /**
   * @param number as the face's card has it, from 1
   * @param earlier what was corrected before, which the new correction takes the place of
   * @returns when the dialog is closed
   */
  open(
    number: number,
    { age, gender }: FaceAnswer,
    earlier: Correction | undefined,
    save: Save,
  ): Promise<void> {
    const language = currentLanguage();
    this.#save = save;
    this.#form.reset();
    if (earlier?.age !== undefined) this.#age.valueAsNumber = earlier.age;
    if (earlier?.gender) within(this.#form, `[value=${earlier.gender}]`, HTMLInputElement).checked = true;
    this.#show('', '');
    byId('correction-title', HTMLElement).textContent = texts().correction(number);
    byId('estimated-age', HTMLElement).textContent = texts().estimate(String(Math.round(age.years)));
    byId('estimated-gender', HTMLElement).textContent = texts().estimate(genderName(gender.gender, language));
    this.#dialog.showModal();
    this.#age.focus();
    return new Promise((resolve) => {
      this.#dialog.addEventListener('close', () => resolve(), { once: true });
    });
  }

  async #submit(): Promise<void> {
    const values = new FormData(this.#form);
    const gender = values.get('gender');
    const correction: Correction = {
      ...(this.#age.value !== '' && { age: this.#age.valueAsNumber }),
      ...((gender === 'M' || gender === 'F') && { gender }),
    };
    if (correction.age === undefined && correction.gender === undefined) {
      this.#show('', texts().nothingCorrected);
      this.#age.focus();
      return;
    }
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

  #show(progress: string, problem: string): void {
    this.#progress.textContent = progress;
    this.#problem.textContent = problem;
  }
}
