import path from 'node:path';

/**
 * Stands in for `@mapbox/node-pre-gyp` in the layer's bundle, where `@tensorflow/tfjs-node` asks it for its addon.
 * @returns the addon beside the bundle
 */
export function find(): string {
  return path.join(import.meta.dirname, 'tfjs_binding.node');
}
