import type { Tensor } from '@tensorflow/tfjs-core';

/** The one tensor that a layer with one input is called with. */
export function single(inputs: Tensor | Tensor[]): Tensor {
  const [tensor] = Array.isArray(inputs) ? inputs : [inputs];
  if (tensor === undefined)
    throw new TypeError('Expected a tensor as the input of a layer but received none.');
  return tensor;
}
