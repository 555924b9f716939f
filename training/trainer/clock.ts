/** How long a save may take before one was measured, in milliseconds. */
const FIRST_SAVE = 1000;
/** Reserves are this many times the most that was measured so far. */
const CAUTION = 2;
/** For the moving average of a step's duration. */
const SMOOTHING = 0.95;

/** Measures steps and saves, and says when there is only time left to save. */
export class Clock {
  readonly #deadline: number;
  #slowestStep = 0;
  #slowestSave = FIRST_SAVE;
  #mean: number | undefined;
  #last = performance.now();

  constructor(deadline?: Date) {
    this.#deadline = deadline?.getTime() ?? Number.POSITIVE_INFINITY;
  }

  /** From one step's end to the next one's, waiting for its batch included; in seconds. */
  get secondsPerBatch(): number {
    return (this.#mean ?? 0) / 1000;
  }

  /** What is done from here on is not part of the next step. */
  resume(): void {
    this.#last = performance.now();
  }

  endStep(): void {
    const now = performance.now();
    const duration = now - this.#last;
    this.#slowestStep = Math.max(this.#slowestStep, duration);
    this.#mean = this.#mean === undefined ? duration : SMOOTHING * this.#mean + (1 - SMOOTHING) * duration;
    this.#last = now;
  }

  async measureSave(save: () => Promise<void>): Promise<void> {
    const start = performance.now();
    await save();
    this.#slowestSave = Math.max(this.#slowestSave, performance.now() - start);
    this.resume();
  }

  isLate(): boolean {
    return Date.now() + CAUTION * (this.#slowestStep + this.#slowestSave) >= this.#deadline;
  }
}
