import path from 'node:path';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { faceRes, loadFaceResWeights } from './faceres.ts';
import type { BuildOptions } from './trainable.ts';
import { takeWeights } from './weights.ts';

/** Weights of the default network's MobileNet, which learned from photos that are for research only. */
const DEFAULT = path.resolve(import.meta.dirname, '..', 'default', 'backbone', 'model.json');

/**
 * The MobileNet that networks for faces build on: faceres as the default network learned it on for ages and genders,
 * or as it is published.
 */
export async function backbone(
  side: number,
  { weights = DEFAULT, permissive }: Pick<BuildOptions, 'weights' | 'permissive'>,
): Promise<LayersModel> {
  const network = faceRes(side);
  if (permissive) await loadFaceResWeights(network);
  else await takeWeights(network, weights);
  return network;
}
