import { dispose, type NamedTensorMap } from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { readModelWeights } from './weights.ts';

/**
 * What Keras calls the layers of each kind, before their numbers, what they are called here, and their weights that
 * a file has.
 */
const KINDS = [
  { theirs: 'conv2d', ours: 'conv', weights: ['kernel'] },
  { theirs: 'batch_normalization', ours: 'norm', weights: ['beta', 'moving_mean', 'moving_variance'] },
] as const;
const COUNT = 94;

/**
 * Gives `inceptionV3` the weights of Keras' InceptionV3, such as those trained on ImageNet. In Python:
 *
 *     model = keras.applications.InceptionV3(weights='imagenet')
 *     tensorflowjs.converters.save_keras_model(model, 'inception')
 *
 * Keras numbers its layers in the order they are made, from no number or any other on.
 *
 * @param file path of the layers model's `model.json`, with its weights beside it
 * @throws Error when it isn't Keras' InceptionV3
 */
export async function loadKerasInception(network: LayersModel, file: string): Promise<void> {
  const weights = await readModelWeights(file);
  try {
    for (const { theirs, ours, weights: given } of KINDS) {
      for (const [index, name] of layersOf(weights, theirs).entries()) {
        for (const variable of network.getLayer(`${ours}_${index + 1}`).weights) {
          const weight = given.find((each) => variable.originalName.endsWith(`/${each}`));
          // Keras does without a factor in normalisations, which is one of 1.
          if (weight !== undefined) variable.write(named(weights, `${name}/${weight}`));
        }
      }
    }
  } finally {
    dispose(weights);
  }
}

/** The names of all layers of a kind, by their numbers. */
function layersOf(weights: NamedTensorMap, kind: string): string[] {
  const names = Object.keys(weights).map((name) => name.slice(0, name.lastIndexOf('/')));
  const numberOf = (name: string) => Number(name.match(/_(\d+)$/)?.[1] ?? 0);
  const found = [...new Set(names)]
    .filter((name) => new RegExp(`^${kind}(_\\d+)?$`).test(name))
    .sort((one, other) => numberOf(one) - numberOf(other));
  if (found.length !== COUNT) {
    throw new Error(`Expected ${COUNT} layers named ${kind} of InceptionV3 but received ${found.length}.`);
  }
  return found;
}

function named(weights: NamedTensorMap, name: string) {
  const tensor = weights[name];
  if (tensor === undefined)
    throw new Error(`Expected InceptionV3 to hold the weight ${name} but found none.`);
  return tensor;
}
