import { existsSync } from 'node:fs';
import path from 'node:path';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { ageGenderNet } from './age-gender-net.ts';
import { loadFaceApiWeights } from './face-api-weights.ts';
import { faceRes, loadFaceResWeights } from './faceres.ts';
import type { BuildOptions } from './trainable.ts';
import { readManifest, takeWeights } from './weights.ts';

/** Weights of the default model's version 3, which learned from photos that are for research only. */
const weightsOf = (part: string) =>
  path.resolve(import.meta.dirname, '..', 'models', 'default', 'pretrained', part, 'model.json');

type Start = Pick<BuildOptions, 'weights' | 'permissive'>;

/** The MobileNet that networks for faces build on: faceres as the default model's version 3 learned it on, or as published. */
export async function mobileNet(side: number, start: Start): Promise<LayersModel> {
  const network = faceRes(side);
  await fill(network, start, loadFaceResWeights);
  return network;
}

/** The small Xception beside it: AgeGenderNet as the default model's version 3 learned it on, or as published. */
export async function tinyXception(start: Start): Promise<LayersModel> {
  const network = ageGenderNet();
  await fill(network, start, () => loadFaceApiWeights(network, 'age_gender_model'));
  return network;
}

/**
 * Gives a head on both the weights of that version's, where it estimates the same from the same features.
 * @returns the names of its layers that have them
 */
export async function fillHead(head: LayersModel, options: BuildOptions): Promise<ReadonlySet<string>> {
  const { output, units, weights, permissive } = options;
  const file = weightsOf(output);
  if (permissive || weights !== undefined || !existsSync(file)) return new Set();
  const same = (await readManifest(file)).some(
    ({ name, shape }) => name === `${output}/bias` && shape[0] === units,
  );
  return same ? takeWeights(head, file) : new Set();
}

async function fill(
  network: LayersModel,
  { weights = weightsOf('backbone'), permissive }: Start,
  loadPublished: (network: LayersModel) => Promise<void>,
): Promise<void> {
  if (permissive) await loadPublished(network);
  else await takeWeights(network, weights);
}
