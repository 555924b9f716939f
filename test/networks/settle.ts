import assert from 'node:assert/strict';
import {
  div,
  log,
  moments,
  mul,
  randomNormal,
  randomUniform,
  sqrt,
  type Tensor,
  tidy,
  zerosLike,
} from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';

type Variable = LayersModel['weights'][number];

/**
 * Gives a network to train random weights of such a size that all of them matter to its output: activations neither
 * die out nor grow from layer to layer, and the probabilities differ without being next to 0 and 1.
 *
 * @param x what it will look at
 */
export function settle(whole: LayersModel, trained: LayersModel, task: string, x: Tensor): void {
  tidy(() => {
    for (const [index, variable] of trained.weights.entries())
      variable.write(randomWeight(variable, index + 1));
    const kernel = find(trained, `${task}/kernel`);
    const small = mul(kernel.read(), 1e-4);
    kernel.write(small);
    find(trained, `${task}/bias`).write(zerosLike(find(trained, `${task}/bias`).read()));
    const { variance } = moments(log(whole.predict(x) as Tensor));
    kernel.write(div(small, sqrt(variance)));
  });
}

function find({ weights }: LayersModel, name: string): Variable {
  const found = weights.find(({ originalName }) => originalName === name);
  assert.ok(found, `Expected a weight ${name}.`);
  return found;
}

function randomWeight({ originalName, shape }: Variable, seed: number): Tensor {
  const sizes = shape.map((size) => size ?? 0);
  if (originalName.endsWith('moving_variance')) return randomUniform(sizes, 0.5, 1.5, 'float32', seed);
  if (sizes.length < 2) return randomNormal(sizes, 0, 0.1, 'float32', seed);
  // He et al., "Delving Deep into Rectifiers", 2015.
  const window = originalName.includes('depthwise') ? sizes.slice(0, 2) : sizes.slice(0, -1);
  const fanIn = window.reduce((product, size) => product * size, 1);
  return randomNormal(sizes, 0, Math.sqrt(2 / fanIn), 'float32', seed);
}
