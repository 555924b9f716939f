import { type LayersModel, layers, model, type SymbolicTensor } from '@tensorflow/tfjs-layers';
import { add, apply, chipInput, conv, pool, relu, separableConv } from './layers.ts';

/**
 * face-api's FaceLandmark68Net: four densely connected blocks of separable convolutions.
 *
 * Input: n × 112 × 112 × 3, RGB from 0 to 255. Output: n × 136, the 68 landmarks of the iBUG 300-W scheme,
 * x and y in turn, as fractions of the chip's side.
 */
export function faceLandmarkNet(): LayersModel {
  const { chips, normalized } = chipInput();
  let x = denseBlock('dense0', 32, conv('dense0/conv0', 32, 3, 2, normalized));
  for (const [name, filters] of [
    ['dense1', 64],
    ['dense2', 128],
    ['dense3', 256],
  ] as const) {
    x = denseBlock(name, filters, separableConv(`${name}/conv0`, filters, 2, x));
  }
  const landmarks = apply(layers.dense({ name: 'fc', units: 136 }), pool(x));
  return model({ name: 'face-landmark-68-net', inputs: chips, outputs: landmarks });
}

/** Each convolution sees the sum of all before it. */
function denseBlock(name: string, filters: number, halved: SymbolicTensor): SymbolicTensor {
  let sum = relu(halved);
  let x = sum;
  for (const index of [1, 2, 3]) {
    sum = add(sum, separableConv(`${name}/conv${index}`, filters, 1, x));
    x = relu(sum);
  }
  return x;
}
