import * as tf from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import type { TrainingSpec } from '../spec.ts';
import type { Batch } from './batches.ts';
import { createOptimizer, type Optimizer } from './optimizer.ts';
import { LEAST } from './target.ts';

export interface StepResult {
  /** Mean cross entropy + λ Σ ½‖W‖². */
  readonly loss: number;
  /** Norm of all gradients together, before it is clipped. */
  readonly gradientNorm: number;
}

export interface StepOptions extends Pick<TrainingSpec, 'optimizer' | 'l2' | 'clipNorm'> {
  /** Number of steps of the whole training. */
  readonly steps: number;
  /** The weights that L2 holds down. */
  readonly kernels: readonly tf.Variable[];
  /** What the learning rate is multiplied by for a weight; 1 when left out. */
  readonly paceOf?: (weight: tf.Variable) => number;
}

/** One step of training a network: forward, backward and a change of its weights. */
export class Stepper {
  readonly optimizer: Optimizer;
  readonly #network: LayersModel;
  readonly #weights: tf.Variable[];
  readonly #decayed: ReadonlySet<tf.Variable>;
  readonly #options: StepOptions;

  constructor(network: LayersModel, options: StepOptions) {
    this.#network = network;
    this.#options = options;
    this.#weights = network.trainableWeights.map((weight) => variableOf(weight.read()));
    this.#decayed = new Set(options.kernels);
    this.optimizer = createOptimizer(options.optimizer, this.#weights, options.steps, options.paceOf);
  }

  dispose(): void {
    tf.dispose([...this.optimizer.state]);
  }

  /** @param step counts from 0 */
  run({ inputs, targets, count }: Batch, step: number): StepResult {
    const { l2, clipNorm } = this.#options;
    return tf.tidy(() => {
      const chips = tf.tensor(inputs, [count, ...shapeOf(this.#network)]);
      const wanted = tf.tensor(targets, [count, targets.length / count]);
      const { value, grads } = tf.variableGrads(() => {
        const probabilities = this.#network.apply(chips, { training: true }) as tf.Tensor;
        return crossEntropy(probabilities, wanted);
      }, this.#weights);
      let penalty = 0;
      let squares = 0;
      const gradients = this.#weights.map((weight) => {
        const gradient = grads[weight.name] as tf.Tensor;
        if (l2 === 0 || !this.#decayed.has(weight)) return gradient;
        penalty += (l2 / 2) * sumOfSquares(weight);
        return gradient.add(weight.mul(l2));
      });
      for (const gradient of gradients) squares += sumOfSquares(gradient);
      const gradientNorm = Math.sqrt(squares);
      const clipped =
        gradientNorm > clipNorm
          ? gradients.map((gradient) => gradient.mul(clipNorm / gradientNorm))
          : gradients;
      const loss = (value.dataSync()[0] ?? Number.NaN) + penalty;
      // What isn't a number would spoil the weights for good.
      if (Number.isFinite(loss) && Number.isFinite(gradientNorm)) this.optimizer.apply(clipped, step);
      return { loss, gradientNorm };
    });
  }
}

/** The weights that L2 holds down: those of convolutions and fully connected layers, without biases. */
export function kernelsOf(network: LayersModel): tf.Variable[] {
  const kernels = network.trainableWeights.filter(({ originalName }) => /kernel$/.test(originalName));
  return kernels.map((weight) => variableOf(weight.read()));
}

/** −Σ target · log(probability), the mean over the batch. */
function crossEntropy(probabilities: tf.Tensor, targets: tf.Tensor): tf.Scalar {
  return tf.neg(probabilities.maximum(LEAST).log().mul(targets).sum(-1).mean()) as tf.Scalar;
}

/** As a product of matrices: without a copy of the squares. */
function sumOfSquares(tensor: tf.Tensor): number {
  const row = tensor.reshape([1, tensor.size]);
  return tf.matMul(row, row, false, true).dataSync()[0] ?? Number.NaN;
}

/** Shape of one example. */
export function shapeOf(network: LayersModel): number[] {
  return (network.inputs[0]?.shape.slice(1) ?? []).map((size) => size ?? 0);
}

/** Layers hand out their weights as variables, but typed as mere tensors. */
export function variableOf(weight: tf.Tensor): tf.Variable {
  if (!(weight instanceof tf.Variable)) throw new TypeError('Expected a weight of a layer to be a variable.');
  return weight;
}
