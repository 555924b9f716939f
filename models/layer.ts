import { buildLayer, type LayerOptions } from '../layers/build.ts';
import { buildModels } from './build/build.ts';

/**
 * The layer of a model engine with the networks that it serves, both made where they are not there yet.
 * @returns absolute path of a folder that holds `nodejs/node_modules/…`, as Lambda wants a layer
 * @throws as `buildLayer` and `buildModels` do
 */
export const buildModelLayer = async (options: Omit<LayerOptions, 'networks'>): Promise<string> =>
  buildLayer({ ...options, networks: await buildModels() });
