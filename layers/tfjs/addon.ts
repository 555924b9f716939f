import path from 'node:path';

/**
 * Stands in for `@mapbox/node-pre-gyp`, which `@tensorflow/tfjs-node` asks for its addon.
 * @returns the addon in the folder that the environment names, or else beside this file, as in the layer's bundle
 */
export function find(): string {
  return path.join(process.env.TENSORFLOW_DIRECTORY ?? import.meta.dirname, 'tfjs_binding.node');
}
