import path from 'node:path';
import type * as tf from '@tensorflow/tfjs-core';
import sharp from 'sharp';
import type { Clock } from './clock.ts';
import { EventFile, histogram, imageSummary, type Summary } from './event-file.ts';
import type { Control, History, Progress, Validation } from './outcome.ts';

/** A line in the history and a report every this many steps. */
const LINE = 10;
/** A summary for TensorBoard every this many steps. */
const SUMMARY = 100;
/** Faces in a sample image. */
const SAMPLES = 8;

/** What is recorded of a step. */
export interface StepFacts {
  /** Steps done, this one included. */
  readonly step: number;
  readonly loss: number;
  readonly smoothed: number;
  readonly gradientNorm: number;
  readonly learningRate: number;
  /** The examples of the step, one after another, and the shape of one. */
  readonly inputs: Float32Array;
  readonly shape: readonly number[];
}

export interface JournalOptions {
  /** Where TensorBoard's files go. */
  readonly directory: string;
  readonly control: Control;
  readonly steps: number;
  readonly batch: number;
  readonly fold?: number | undefined;
  readonly clock: Clock;
  /** The weights whose histograms are shown. */
  readonly kernels: readonly tf.Variable[];
}

/** Keeps a training's history, reports its progress, and writes TensorBoard's files. */
export class Journal {
  readonly history: { steps: History['steps'][number][]; validations: Validation[] };
  readonly #options: JournalOptions;
  readonly #events: EventFile;

  private constructor(options: JournalOptions, history: History, events: EventFile) {
    this.#options = options;
    this.history = { steps: [...history.steps], validations: [...history.validations] };
    this.#events = events;
  }

  /** @param step at which the training begins or goes on, with its history so far */
  static async open(options: JournalOptions, step: number, history: History): Promise<Journal> {
    const events = await EventFile.create(path.join(options.directory, 'logs'), step);
    return new Journal(options, history, events);
  }

  async noteStep(facts: StepFacts): Promise<void> {
    const { step, loss, smoothed, learningRate } = facts;
    if (step % LINE === 0) {
      this.history.steps.push({ step, loss, smoothed, learningRate });
      this.#report({ step, loss, smoothed });
    }
    if (step % SUMMARY === 0) await this.#summarise(facts);
  }

  async noteValidation(validation: Validation, smoothed: number | null): Promise<void> {
    this.history.validations.push(validation);
    const { step, ...values } = validation;
    await this.#events.write(
      step,
      Object.entries(values).map(([name, value]) => scalar(`validation/${name}`, value)),
    );
    this.#report(smoothed === null ? { step } : { step, smoothed });
  }

  close(): Promise<void> {
    return this.#events.close();
  }

  #report(facts: Pick<Progress, 'step' | 'loss' | 'smoothed'>): void {
    const { control, steps, batch, fold, clock } = this.#options;
    const { secondsPerBatch } = clock;
    const validation = this.history.validations.at(-1);
    control.onProgress?.({
      phase: 'training',
      ...facts,
      steps,
      secondsPerBatch,
      examplesPerSecond: secondsPerBatch > 0 ? batch / secondsPerBatch : 0,
      estimatedEnd: new Date(Date.now() + (steps - facts.step) * secondsPerBatch * 1000),
      ...(fold === undefined ? {} : { fold }),
      ...(validation ? { validation } : {}),
    });
  }

  async #summarise({ step, inputs, shape, ...values }: StepFacts): Promise<void> {
    const { batch, clock, control, kernels } = this.#options;
    const speed = clock.secondsPerBatch > 0 ? batch / clock.secondsPerBatch : 0;
    const summaries: Summary[] = [
      ...Object.entries({ ...values, examplesPerSecond: speed }).map(([name, value]) =>
        scalar(`training/${name}`, value),
      ),
      ...kernels.map((kernel) => ({
        tag: `weights/${kernel.name}`,
        histo: histogram(kernel.dataSync<'float32'>()),
      })),
    ];
    if (shape.length === 3 && control.pictures !== false) {
      summaries.push({ tag: 'training/faces', image: await samples(inputs, shape) });
    }
    await this.#events.write(step, summaries);
    clock.resume();
  }
}

const scalar = (tag: string, simpleValue: number): Summary => ({ tag, simpleValue });

/** The first examples of a batch, side by side, as the network sees them. */
async function samples(inputs: Float32Array, [height = 0, width = 0, channels = 3]: readonly number[]) {
  const length = height * width * channels;
  const count = Math.min(SAMPLES, inputs.length / length);
  const column = Uint8Array.from(inputs.subarray(0, count * length));
  const png = await sharp(column, { raw: { width, height: height * count, channels: 3 } })
    .png()
    .toBuffer();
  return imageSummary(png, width, height * count);
}
