import type { Progress } from '../../../training/trainer/outcome.ts';
import { extendCurve, type Point, type Training } from '../shared/training.ts';
import type { Trainings } from '../shared/trainings.ts';

/** Milliseconds from one note to the next. */
const PAUSE = 3_000;
/** A sign of life after this many milliseconds without progress. */
const HEARTBEAT = 60_000;

/** Notes how a training goes on, at most every few seconds, and hears whether it is to be cancelled. */
export class Reporter {
  readonly #trainings: Trainings;
  readonly #started = Date.now();
  readonly #price: number;
  readonly #before: number;
  readonly #abort = new AbortController();
  readonly #timer: NodeJS.Timeout;
  #training: Training;
  #progress: Progress | undefined;
  #curve: readonly Point[];
  #noted = 0;
  #noting: Promise<void> | undefined;
  #failure: Error | undefined;

  /** @param dollarsPerSecond what training costs */
  constructor(trainings: Trainings, training: Training, dollarsPerSecond: number) {
    this.#trainings = trainings;
    this.#training = training;
    this.#price = dollarsPerSecond;
    this.#before = training.used?.seconds ?? 0;
    this.#curve = training.curve ?? [];
    this.#timer = setInterval(() => this.#noteSoon(), PAUSE);
  }

  /** Aborted when the training is to be cancelled, or must not go on. */
  get signal(): AbortSignal {
    return this.#abort.signal;
  }

  /** Seconds that are left of the training's budget. */
  get secondsLeft(): number {
    const { minutes, dollars } = this.#training.budget;
    return Math.min(minutes * 60, dollars / this.#price) - this.#used();
  }

  /** Where a training is that stopped after this many steps, in words. */
  placeOf(step: number): string {
    const { progress } = this.#training;
    if (progress === undefined) return 'its start';
    const { phase, fold, steps } = progress;
    if (phase === 'features') return `face ${progress.step} of ${steps}`;
    return `step ${step} of ${steps}${fold === undefined ? '' : ` in fold ${fold}`}`;
  }

  report(progress: Progress): void {
    this.#progress = progress;
    if (progress.phase !== 'training' || progress.fold !== undefined) return;
    const { step, smoothed, validation } = progress;
    const point = {
      step,
      ...(smoothed !== undefined && { loss: smoothed }),
      ...(validation?.step === step && { validation: validation.loss }),
    };
    this.#curve = extendCurve(this.#curve, point);
  }

  /** Notes nothing more. */
  close(): void {
    clearInterval(this.#timer);
  }

  /** Notes the last of it. @throws Error when the training must not go on */
  async stop(): Promise<void> {
    this.close();
    await this.#noting;
    if (this.#failure) throw this.#failure;
    await this.#note();
  }

  #noteSoon(): void {
    const quiet = Date.now() - this.#noted;
    if (this.#noting || (!this.#progress && quiet < HEARTBEAT)) return;
    this.#noting = this.#note()
      .catch((error: unknown) => {
        this.#failure = error instanceof Error ? error : new Error(String(error));
        this.#abort.abort();
      })
      .finally(() => {
        this.#noting = undefined;
      });
  }

  async #note(): Promise<void> {
    const progress = this.#progress;
    this.#progress = undefined;
    this.#noted = Date.now();
    const seconds = this.#used();
    this.#training = await this.#trainings.note(this.#training, {
      used: { seconds, dollars: seconds * this.#price },
      curve: [...this.#curve],
      ...(progress && { progress: toItem(progress) }),
    });
    if (this.#training.cancelRequestedAt) this.#abort.abort();
  }

  #used(): number {
    return this.#before + (Date.now() - this.#started) / 1000;
  }
}

function toItem({ phase, fold, step, steps, loss, smoothed, ...progress }: Progress) {
  return {
    ...{ phase, step, steps },
    ...(fold !== undefined && { fold }),
    ...(loss !== undefined && { loss }),
    ...(smoothed !== undefined && { smoothed }),
    examplesPerSecond: progress.examplesPerSecond,
    estimatedEnd: progress.estimatedEnd.toISOString(),
  };
}
