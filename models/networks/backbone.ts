import path from 'node:path';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { ageGenderNet } from './age-gender-net.ts';
import { loadFaceApiWeights } from './face-api-weights.ts';
import { faceRes, loadFaceResWeights } from './faceres.ts';
import type { BuildOptions } from './trainable.ts';
import { takeWeights } from './weights.ts';

/** Weights of the default network's layers below its heads, which learned from photos that are for research only. */
const DEFAULT = path.resolve(import.meta.dirname, '..', 'default', 'backbone', 'model.json');

type Start = Pick<BuildOptions, 'weights' | 'permissive'>;

/** The MobileNet that networks for faces build on: faceres as the default network learned it on, or as published. */
export async function mobileNet(side: number, start: Start): Promise<LayersModel> {
  const network = faceRes(side);
  await fill(network, start, loadFaceResWeights);
  return network;
}

/** The small Xception beside it: AgeGenderNet as the default network learned it on, or as published. */
export async function tinyXception(start: Start): Promise<LayersModel> {
  const network = ageGenderNet();
  await fill(network, start, () => loadFaceApiWeights(network, 'age_gender_model'));
  return network;
}

async function fill(
  network: LayersModel,
  { weights = DEFAULT, permissive }: Start,
  loadPublished: (network: LayersModel) => Promise<void>,
): Promise<void> {
  if (permissive) await loadPublished(network);
  else await takeWeights(network, weights);
}
