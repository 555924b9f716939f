import { readFile } from 'node:fs/promises';
import { findPackageJSON } from 'node:module';
import path from 'node:path';
import {
  dispose,
  mul,
  type NamedTensorMap,
  reshape,
  reverse,
  type Tensor,
  tidy,
} from '@tensorflow/tfjs-core';
import { input, type LayersModel, layers, model, type SymbolicTensor } from '@tensorflow/tfjs-layers';
import { z } from 'zod';
import { apply } from './layers.ts';
import { Normalization } from './normalization.ts';
import { readWeights, weightsManifestSchema } from './weights.ts';

/** Side of the chips that the network was trained on, in pixels. */
export const FACERES_SIDE = 224;
/** Mean red, green and blue of ImageNet, which the network was trained with, on a scale of 0 to 255. */
const MEAN_RGB = [123.68, 116.779, 103.939];
/** Filters and stride of each pair of a depthwise and a 1×1 convolution. */
const PAIRS = [
  [64, 1],
  [128, 2],
  [128, 1],
  [256, 2],
  [256, 1],
  [512, 2],
  [512, 1],
  [512, 1],
  [512, 1],
  [512, 1],
  [512, 1],
  [1024, 2],
  [1024, 1],
] as const;

const fileSchema = z.object({ weightsManifest: weightsManifestSchema });

/**
 * HSE-FaceRes: a MobileNet (Howard et al., 2017) trained to recognise people and then to estimate age and gender
 * (Savchenko, "Efficient facial representations for age, gender and identity recognition in organizing photo
 * albums using multi-output ConvNet", 2019), as `@vladmandic/human` packages it. Batch normalisation is part of its
 * convolutions' weights.
 *
 * The published graph takes blue, green and red less their means. (That package feeds it RGB as it is, which costs
 * about a fifth of its accuracy in years.) It sees a face best with much around it: in a square 1.3 to 1.5 times that
 * of AgeGenderNet.
 *
 * Input: n × side × side × 3, RGB from 0 to 255. Outputs: probabilities of the ages 1 to 100, n × 100; that the face is
 * a man's, n × 1. The layers `faceres/pool` and `faceres/feats` give features of the face, n × 1024 and n × 256.
 */
export function faceRes(side = FACERES_SIDE): LayersModel {
  const chips = input({ shape: [side, side, 3], name: 'chips' });
  const conv1 = { filters: 32, kernelSize: 3, strides: 2, padding: 'same' } as const;
  const normalized = apply(new Normalization({ mean: MEAN_RGB, deviation: 1 }), chips);
  let x = relu6(apply(layers.conv2d({ name: 'faceres/conv1', ...conv1 }), normalized));
  for (const [index, [filters, strides]] of PAIRS.entries()) {
    const name = (part: string) => `faceres/conv_${part}_${index + 1}`;
    const depthwise = { kernelSize: 3, strides, padding: 'same' } as const;
    x = relu6(apply(layers.depthwiseConv2d({ name: name('dw'), ...depthwise }), x));
    x = relu6(apply(layers.conv2d({ name: name('pw'), filters, kernelSize: 1 }), x));
  }
  x = apply(layers.globalAveragePooling2d({ name: 'faceres/pool' }), x);
  x = apply(layers.dense({ name: 'faceres/feats', units: 256, activation: 'relu' }), x);
  const age = apply(layers.dense({ name: 'faceres/age_pred', units: 100, activation: 'softmax' }), x);
  const gender = apply(layers.dense({ name: 'faceres/gender_pred', units: 1, activation: 'sigmoid' }), x);
  return model({ name: 'faceres', inputs: chips, outputs: [age, gender] });
}

function relu6(x: SymbolicTensor): SymbolicTensor {
  return apply(layers.reLU({ maxValue: 6 }), x);
}

/** Where `@vladmandic/human` keeps its networks. */
export function humanDirectory(): string {
  // The package doesn't export its package.json, so that it can't be resolved as a module.
  const file = findPackageJSON('@vladmandic/human', import.meta.url);
  if (file === undefined)
    throw new Error('Expected the package @vladmandic/human but found none. Run npm ci.');
  return path.join(path.dirname(file), 'models');
}

/**
 * Fills `faceRes` with its weights.
 * @throws Error when one is missing
 */
export async function loadFaceResWeights(network: LayersModel): Promise<void> {
  const directory = humanDirectory();
  const file = fileSchema.parse(JSON.parse(await readFile(path.join(directory, 'faceres.json'), 'utf8')));
  const weights = await readWeights(directory, file.weightsManifest);
  try {
    tidy(() => {
      for (const layer of network.layers.filter((each) => each.weights.length > 0)) {
        layer.setWeights(weightsOf(layer.name.replace('faceres/', ''), weights));
      }
    });
  } finally {
    dispose(weights);
  }
}

/** The nodes of the published graph that make up a layer: its batch normalisation is folded in, or nearly so. */
function weightsOf(layer: string, weights: NamedTensorMap): Tensor[] {
  const named = (name: string): Tensor => {
    const tensor = weights[`${layer}${name}`];
    if (tensor === undefined) {
      throw new Error(`Expected faceres to hold the weight ${layer}${name} but found none.`);
    }
    return tensor;
  };
  if (layer.startsWith('conv_dw')) {
    const kernel = named('/depthwise_kernel');
    const factor = reshape(named('_bn/batchnorm_1/mul'), [1, 1, -1, 1]);
    return [mul(kernel, factor), named('_bn/batchnorm_1/sub')];
  }
  if (layer === 'conv1') {
    // From kernels for BGR to kernels for RGB.
    return [reverse(named('/convolution/merged_input'), 2), named('_bn/batchnorm_1/sub')];
  }
  if (layer.startsWith('conv')) return [named('/convolution/merged_input'), named('_bn/batchnorm_1/sub')];
  return [named('/kernel'), named('/bias')];
}
