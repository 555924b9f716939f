import * as tf from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { setDropoutStep } from '../../networks/dropout.ts';
import type { PreparedFace } from '../dataset/prepared.ts';
import type { Assignment } from '../spec.ts';
import { type Batch, Prefetcher } from './batches.ts';
import { readCheckpoint, writeCheckpoint } from './checkpoint.ts';
import { Clock } from './clock.ts';
import type { Examples } from './examples.ts';
import { Journal } from './journal.ts';
import { learningRateAt } from './optimizer.ts';
import { type Control, type History, TrainingError, type Validation } from './outcome.ts';
import { kernelsOf, Stepper, shapeOf, variableOf } from './step.ts';
import { Tally } from './target.ts';

/** For the loss's exponential moving average. */
const SMOOTHING = 0.9;

export interface LoopOptions {
  readonly spec: Assignment;
  readonly network: LayersModel;
  /** Names of the layers that come with weights; they learn at `spec.pretrainedPace`. */
  readonly pretrained: ReadonlySet<string>;
  readonly examples: Examples;
  readonly validationFaces: readonly PreparedFace[];
  /** Steps of the whole training, and from one validation to the next. */
  readonly steps: number;
  readonly validateEvery: number;
  /** Identifies the training: another one's checkpoint in the directory is refused. */
  readonly training: string;
  /** For checkpoints and logs. */
  readonly directory: string;
  readonly control: Control;
  readonly fold?: number | undefined;
}

/** How far a loop came. When it is finished the network holds the weights with the lowest validation loss. */
export type LoopResult =
  | {
      readonly status: 'finished';
      readonly step: number;
      readonly best: Validation;
      readonly stoppedEarly: boolean;
      readonly history: History;
    }
  | { readonly status: 'continue' | 'cancelled'; readonly step: number };

/** Trains a network; goes on from its checkpoint if there is one. */
export async function runLoop(options: LoopOptions): Promise<LoopResult> {
  const loop = new Loop(options);
  try {
    return await loop.run();
  } finally {
    await loop.close();
  }
}

/** What a training must remember beside the weights and the optimiser's state. */
interface State {
  /** Steps done. */
  step: number;
  smoothed: number | null;
  best: Validation | null;
  /** Validations since the best one. */
  stale: number;
}

class Loop {
  readonly #options: LoopOptions;
  readonly #stepper: Stepper;
  readonly #kernels: readonly tf.Variable[];
  /** The network's weights. */
  readonly #weights: readonly tf.Variable[];
  readonly #clock: Clock;
  readonly #state: State = { step: 0, smoothed: null, best: null, stale: 0 };
  #bestWeights: readonly Float32Array[] = [];
  #openJournal: Journal | undefined;

  constructor(options: LoopOptions) {
    const { network, pretrained, spec, steps, control } = options;
    this.#options = options;
    this.#weights = network.weights.map((weight) => variableOf(weight.read()));
    this.#kernels = kernelsOf(network);
    const careful = new Set(
      network.layers
        .filter(({ name }) => pretrained.has(name))
        .flatMap(({ weights }) => weights.map((weight) => weight.read())),
    );
    const paceOf = (weight: tf.Variable) => (careful.has(weight) ? spec.pretrainedPace : 1);
    this.#stepper = new Stepper(network, { ...spec, steps, kernels: this.#kernels, paceOf });
    this.#clock = new Clock(control.deadline);
  }

  async run(): Promise<LoopResult> {
    const { steps, examples, spec } = this.#options;
    const journal = await this.#restore();
    const batches = new Prefetcher((step) => examples.train(step), steps);
    this.#clock.resume();
    while (this.#mustValidate(journal) || (this.#state.step < steps && this.#state.stale < spec.patience)) {
      if (this.#mustStop()) return this.#pause(journal);
      if (this.#mustValidate(journal)) {
        if (!(await this.#validate(journal))) return this.#pause(journal);
        continue;
      }
      await this.#train(await batches.take(this.#state.step), journal);
      if (this.#state.step % spec.checkpointEvery === 0) await this.#save(journal);
    }
    await this.#save(journal);
    const { step, best } = this.#state;
    if (best === null) throw new Error('Expected a finished training to have been validated.');
    assign(this.#weights, this.#bestWeights);
    return { status: 'finished', step, best, stoppedEarly: step < steps, history: journal.history };
  }

  async close(): Promise<void> {
    this.#stepper.dispose();
    await this.#openJournal?.close();
  }

  async #restore(): Promise<Journal> {
    const { directory, training, control, steps, spec, fold } = this.#options;
    const checkpoint = await readCheckpoint(directory);
    if (checkpoint && checkpoint.training !== training) {
      throw new TrainingError(
        'other-training',
        `Expected ${directory} to hold a checkpoint of this training but it is of one with another ` +
          'specification or data set. Train into an empty directory.',
      );
    }
    if (checkpoint) {
      const { step, smoothed, best, stale, arrays } = checkpoint;
      Object.assign(this.#state, { step, smoothed, best, stale });
      const { state } = this.#stepper.optimizer;
      assign([...this.#weights, ...state], arrays);
      this.#bestWeights = arrays.slice(this.#weights.length + state.length);
    }
    this.#openJournal = await Journal.open(
      { directory, control, steps, batch: spec.batch, fold, clock: this.#clock, kernels: this.#kernels },
      this.#state.step,
      checkpoint?.history ?? { steps: [], validations: [] },
    );
    return this.#openJournal;
  }

  async #train(batch: Batch, journal: Journal): Promise<void> {
    const { spec, steps, network } = this.#options;
    const state = this.#state;
    const learningRate = learningRateAt(spec.optimizer, state.step, steps);
    setDropoutStep(state.step);
    const { loss, gradientNorm } = this.#stepper.run(batch, state.step);
    // Without a gradient but far from right, all probabilities are 0 or 1, and it no longer learns anything.
    const isStuck = gradientNorm === 0 && loss > 1;
    if (!Number.isFinite(loss) || !Number.isFinite(gradientNorm) || isStuck) {
      throw new TrainingError(
        'diverged',
        `Expected the loss to stay finite but at step ${state.step + 1} it is ${loss}, with gradients of norm ` +
          `${gradientNorm}: the training diverged. Lower the learning rate, which was ${learningRate}.`,
      );
    }
    state.step += 1;
    state.smoothed = state.smoothed === null ? loss : SMOOTHING * state.smoothed + (1 - SMOOTHING) * loss;
    this.#clock.endStep();
    await journal.noteStep({
      ...{ step: state.step, loss, smoothed: state.smoothed, gradientNorm, learningRate },
      ...{ inputs: batch.inputs, shape: shapeOf(network) },
    });
  }

  #mustStop(): boolean {
    return this.#options.control.signal?.aborted === true || this.#clock.isLate();
  }

  #mustValidate({ history }: Journal): boolean {
    const { step } = this.#state;
    const { steps, validateEvery } = this.#options;
    const due = step === steps || (step > 0 && step % validateEvery === 0);
    return due && history.validations.at(-1)?.step !== step;
  }

  /** @returns false when it was interrupted */
  async #validate(journal: Journal): Promise<boolean> {
    const { spec, examples, validationFaces, network } = this.#options;
    const tally = new Tally(spec);
    const batches = Math.ceil(validationFaces.length / spec.batch);
    const prefetcher = new Prefetcher(
      (index) => examples.validation(index * spec.batch, spec.batch),
      batches,
    );
    for (let index = 0; index < batches; index++) {
      const { inputs, targets, count } = await prefetcher.take(index);
      if (this.#mustStop()) return false;
      const probabilities = predict(network, inputs, count);
      const units = targets.length / count;
      for (let place = 0; place < count; place++) {
        const row = [place * units, (place + 1) * units] as const;
        const face = validationFaces[index * spec.batch + place] as PreparedFace;
        tally.add(probabilities.subarray(...row), targets.subarray(...row), face);
      }
    }
    const state = this.#state;
    const validation = tally.result(state.step);
    const better = state.best === null || validation.loss < state.best.loss;
    state.stale = better ? 0 : state.stale + 1;
    if (better) {
      state.best = validation;
      this.#bestWeights = read(this.#weights);
    }
    await journal.noteValidation(validation, state.smoothed);
    this.#clock.resume();
    return true;
  }

  async #pause(journal: Journal): Promise<LoopResult> {
    await this.#save(journal);
    const cancelled = this.#options.control.signal?.aborted === true;
    return { status: cancelled ? 'cancelled' : 'continue', step: this.#state.step };
  }

  #save({ history }: Journal): Promise<void> {
    const { directory, training } = this.#options;
    const arrays = [...read([...this.#weights, ...this.#stepper.optimizer.state]), ...this.#bestWeights];
    return this.#clock.measureSave(() =>
      writeCheckpoint(directory, { training, ...this.#state, history, arrays }),
    );
  }
}

function predict(network: LayersModel, inputs: Float32Array, count: number): Float32Array {
  return tf.tidy(() => {
    const batch = tf.tensor(inputs, [count, ...shapeOf(network)]);
    return (network.apply(batch, { training: false }) as tf.Tensor).dataSync<'float32'>();
  });
}

const read = (variables: readonly tf.Variable[]): Float32Array[] =>
  variables.map((variable) => variable.dataSync<'float32'>());

function assign(variables: readonly tf.Variable[], arrays: readonly Float32Array[]): void {
  tf.tidy(() => {
    for (const [index, variable] of variables.entries()) {
      variable.assign(tf.tensor(arrays[index] as Float32Array, variable.shape));
    }
  });
}
