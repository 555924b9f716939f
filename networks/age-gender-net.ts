import { type LayersModel, layers, model, type SymbolicTensor } from '@tensorflow/tfjs-layers';
import { add, apply, chipInput, conv, pool, relu, separableConv } from './layers.ts';

/**
 * face-api's AgeGenderNet: a small Xception (Chollet, "Xception: Deep Learning with Depthwise Separable
 * Convolutions", CVPR 2017) with one head for age and one for gender.
 *
 * Input: n × 112 × 112 × 3, RGB from 0 to 255. Outputs: age in years, n × 1; probabilities of male and
 * female, n × 2. The layer `pool` gives the features of the face, n × 512.
 */
export function ageGenderNet(): LayersModel {
  const { chips, normalized } = chipInput();
  const features = pool(tinyXception(normalized));
  const age = apply(layers.dense({ name: 'fc/age', units: 1 }), features);
  const gender = apply(layers.dense({ name: 'fc/gender', units: 2, activation: 'softmax' }), features);
  return model({ name: 'age-gender-net', inputs: chips, outputs: [age, gender] });
}

/** @returns n × 7 × 7 × 512 */
function tinyXception(normalized: SymbolicTensor): SymbolicTensor {
  const entry = relu(conv('entry_flow/conv_in', 32, 3, 2, normalized));
  let x = reductionBlock('entry_flow/reduction_block_0', 64, entry, entry);
  x = reductionBlock('entry_flow/reduction_block_1', 128, x, relu(x));
  x = mainBlock('middle_flow/main_block_0', x);
  x = mainBlock('middle_flow/main_block_1', x);
  x = reductionBlock('exit_flow/reduction_block', 256, x, relu(x));
  return relu(separableConv('exit_flow/separable_conv', 512, 1, x));
}

/** Halves the map; the shortcut is widened by a 1×1 convolution. */
function reductionBlock(
  name: string,
  filters: number,
  shortcut: SymbolicTensor,
  input: SymbolicTensor,
): SymbolicTensor {
  let x = separableConv(`${name}/separable_conv0`, filters, 1, input);
  x = separableConv(`${name}/separable_conv1`, filters, 1, relu(x));
  x = apply(layers.maxPooling2d({ poolSize: 3, strides: 2, padding: 'same' }), x);
  return add(x, conv(`${name}/expansion_conv`, filters, 1, 2, shortcut));
}

function mainBlock(name: string, input: SymbolicTensor): SymbolicTensor {
  let x = input;
  for (const index of [0, 1, 2]) {
    x = separableConv(`${name}/separable_conv${index}`, 128, 1, relu(x));
  }
  return add(x, input);
}
