import * as tf from '@tensorflow/tfjs-core';
import type { OptimizerSpec } from '../spec.ts';

/**
 * Changes weights by their gradients. TensorFlow.js has these optimisers, too, but can't take up Adam's state
 * without rounding it: a resumed training would end with other weights.
 */
export interface Optimizer {
  /** What it remembers from step to step: `slots` variables for each weight. */
  readonly state: readonly tf.Variable[];
  /** @param step counts from 0 */
  apply(gradients: readonly tf.Tensor[], step: number): void;
}

/** The learning rate of a step out of `steps`; steps count from 0. */
export function learningRateAt(spec: OptimizerSpec, step: number, steps: number): number {
  if (spec.name === 'adadelta') return spec.learningRate;
  if (spec.name === 'momentum') return spec.learningRate * spec.decay ** Math.floor(step / spec.decaySteps);
  const rising = Math.round(spec.warmUp * steps);
  if (step < rising) return (spec.learningRate * (step + 1)) / rising;
  return (spec.learningRate * (1 + Math.cos((Math.PI * (step - rising)) / Math.max(1, steps - rising)))) / 2;
}

/**
 * @param steps of the whole training, which schedules depend on
 * @param paceOf what the learning rate is multiplied by for a weight
 */
export function createOptimizer(
  spec: OptimizerSpec,
  weights: readonly tf.Variable[],
  steps: number,
  paceOf: (weight: tf.Variable) => number = () => 1,
): Optimizer {
  const { slots, change } = ruleOf(spec);
  const state = weights.map((weight) =>
    Array.from({ length: slots }, () => tf.tidy(() => tf.variable(tf.zerosLike(weight), false))),
  );
  return {
    state: state.flat(),
    apply: (gradients, step) =>
      tf.tidy(() => {
        const rate = learningRateAt(spec, step, steps);
        for (const [index, weight] of weights.entries()) {
          const gradient = gradients[index] as tf.Tensor;
          weight.assign(weight.sub(change(gradient, state[index] ?? [], rate * paceOf(weight), step)));
        }
      }),
  };
}

interface Rule {
  readonly slots: number;
  /** Updates the slots of one weight; @returns what to subtract from it */
  change(gradient: tf.Tensor, slots: readonly tf.Variable[], rate: number, step: number): tf.Tensor;
}

function ruleOf(spec: OptimizerSpec): Rule {
  if (spec.name === 'adadelta') return adadelta(spec);
  return spec.name === 'momentum' ? momentum(spec) : adam(spec);
}

type SpecOf<Name extends OptimizerSpec['name']> = Extract<OptimizerSpec, { name: Name }>;

function adadelta({ rho, epsilon }: SpecOf<'adadelta'>): Rule {
  return {
    slots: 2,
    change(gradient, [squares, updates], rate) {
      if (!squares || !updates) throw new TypeError('Expected two slots for Adadelta.');
      squares.assign(decayedAverage(squares, gradient.square(), rho));
      const update = updates.add(epsilon).div(squares.add(epsilon)).sqrt().mul(gradient);
      updates.assign(decayedAverage(updates, update.square(), rho));
      return update.mul(rate);
    },
  };
}

function momentum(spec: SpecOf<'momentum'>): Rule {
  return {
    slots: 1,
    change(gradient, [velocity], rate) {
      if (!velocity) throw new TypeError('Expected a slot for momentum.');
      velocity.assign(velocity.mul(spec.momentum).add(gradient));
      return velocity.mul(rate);
    },
  };
}

function adam({ beta1, beta2, epsilon }: SpecOf<'adam'>): Rule {
  return {
    slots: 2,
    change(gradient, [mean, square], rate, step) {
      if (!mean || !square) throw new TypeError('Expected two slots for Adam.');
      mean.assign(decayedAverage(mean, gradient, beta1));
      square.assign(decayedAverage(square, gradient.square(), beta2));
      // Kingma and Ba, end of section 2: the bias corrections as part of the rate.
      const corrected = (rate * Math.sqrt(1 - beta2 ** (step + 1))) / (1 - beta1 ** (step + 1));
      return mean.mul(corrected).div(square.sqrt().add(epsilon));
    },
  };
}

/** old + (1 − decay) (value − old) */
function decayedAverage(old: tf.Tensor, value: tf.Tensor, decay: number): tf.Tensor {
  return old.add(value.sub(old).mul(1 - decay));
}
