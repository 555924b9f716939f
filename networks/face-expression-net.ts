import { tensor1d, tensor2d } from '@tensorflow/tfjs-core';
import { type LayersModel, layers, model, type SymbolicTensor } from '@tensorflow/tfjs-layers';
import { EXPRESSIONS, type ExpressionClass } from '../attributes/expression/result.ts';
import { loadFaceApiWeights } from './face-api-weights.ts';
import { add, apply, chipInput, conv, pool, relu, separableConv } from './layers.ts';

/** In the order of face-api's outputs. It knows no contempt. */
const OUTPUTS: readonly ExpressionClass[] = [
  'neutral',
  'happiness',
  'sadness',
  'anger',
  'fear',
  'disgust',
  'surprise',
];
/** What makes a probability 0. */
const NEVER = -1000;

/**
 * face-api's FaceExpressionNet, with its weights: four blocks of depthwise separable convolutions, densely connected by
 * sums, and a layer that puts its seven outputs into the order of `EXPRESSIONS`.
 *
 * Input: n × 112 × 112 × 3, RGB from 0 to 255. Output: the probability of each expression, n × 8.
 */
export async function faceExpressionNet(): Promise<LayersModel> {
  const published = sevenExpressions();
  await loadFaceApiWeights(published, 'face_expression_model');
  const order = layers.dense({ name: 'expression', units: EXPRESSIONS.length, activation: 'softmax' });
  const [logits] = published.outputs;
  if (!logits) throw new Error('Expected FaceExpressionNet to have an output but it has none.');
  const outputs = apply(order, logits);
  const kernel = OUTPUTS.map((from) => EXPRESSIONS.map((to) => Number(from === to)));
  const bias = EXPRESSIONS.map((each) => (OUTPUTS.includes(each) ? 0 : NEVER));
  order.setWeights([tensor2d(kernel), tensor1d(bias)]);
  return model({ name: 'face-expression-net', inputs: published.inputs, outputs });
}

function sevenExpressions(): LayersModel {
  const { chips, normalized } = chipInput();
  let x = relu(conv('dense0/conv0', 32, 3, 2, normalized));
  x = denseBlock('dense0', 32, x);
  for (const [name, filters] of [
    ['dense1', 64],
    ['dense2', 128],
    ['dense3', 256],
  ] as const) {
    x = denseBlock(name, filters, relu(separableConv(`${name}/conv0`, filters, 2, x)));
  }
  const logits = apply(layers.dense({ name: 'fc', units: OUTPUTS.length }), pool(x));
  return model({ name: 'seven-expressions', inputs: chips, outputs: logits });
}

/** Three convolutions, each of the sum of all maps before it. */
function denseBlock(name: string, filters: number, input: SymbolicTensor): SymbolicTensor {
  const maps = [input];
  let x = input;
  for (const index of [1, 2, 3]) {
    maps.push(separableConv(`${name}/conv${index}`, filters, 1, x));
    x = relu(add(...maps));
  }
  return x;
}
