import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import { dispose, type NamedTensorMap } from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { readWeights, weightsManifestSchema } from './weights.ts';

/** A layer's own names for its weights, and face-api's. */
const WEIGHT_NAMES = new Map([
  ['kernel', ['filters', 'weights']],
  ['depthwise_kernel', ['depthwise_filter']],
  ['pointwise_kernel', ['pointwise_filter']],
  ['bias', ['bias']],
]);

/** Where face-api keeps its networks. */
export function faceApiDirectory(): string {
  return path.join(
    path.dirname(createRequire(import.meta.url).resolve('@vladmandic/face-api/package.json')),
    'model',
  );
}

/**
 * Face-api's weights of one of its networks, dequantised.
 *
 * @param name of the weights, such as `age_gender_model`
 * @returns tensors by face-api's names; the caller disposes of them
 */
export async function readFaceApiWeights(name: string): Promise<NamedTensorMap> {
  const directory = faceApiDirectory();
  const manifest = await readFile(path.join(directory, `${name}-weights_manifest.json`), 'utf8');
  return readWeights(directory, weightsManifestSchema.parse(JSON.parse(manifest)));
}

/**
 * Fills a network whose layers are named as face-api names them with face-api's weights.
 *
 * @param name as of `readFaceApiWeights`
 * @throws Error when a weight is missing, left over, or of another shape
 */
export async function loadFaceApiWeights(network: LayersModel, name: string): Promise<void> {
  const weights = await readFaceApiWeights(name);
  const left = new Set(Object.keys(weights));
  for (const layer of network.layers.filter(({ weights }) => weights.length > 0)) {
    const tensors = layer.weights.map((variable) => {
      const own = variable.originalName.slice(layer.name.length + 1);
      const found = (WEIGHT_NAMES.get(own) ?? [])
        .map((theirs) => `${layer.name}/${theirs}`)
        .find((key) => left.delete(key));
      const tensor = found === undefined ? undefined : weights[found];
      if (tensor === undefined) {
        throw new Error(
          `Expected face-api's ${name} to hold the weight ${variable.originalName} but found none.`,
        );
      }
      return tensor;
    });
    layer.setWeights(tensors);
  }
  dispose(weights);
  if (left.size > 0) {
    throw new Error(
      `Expected ${network.name} to use all of face-api's ${name} but ${[...left].join(', ')} were left.`,
    );
  }
}
