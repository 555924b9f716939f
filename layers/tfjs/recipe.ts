import { cp, link, readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { packagePath } from '../../support/packages.ts';
import type { Recipe } from '../recipe.ts';
import { BUILTINS } from './builtins.ts';
import { prepareTensorFlow } from './native.ts';

const NETWORKS = ['ssd_mobilenetv1', 'face_landmark_68'];
const WASM = ['tfjs-backend-wasm.wasm', 'tfjs-backend-wasm-simd.wasm'];

export const tfjs: Recipe = async ({ platform, networks }) => {
  const tensorFlow = await prepareTensorFlow(platform);
  if (tensorFlow.backend === 'wasm') {
    console.error(`TensorFlow runs as WebAssembly, slower than native code: ${tensorFlow.reason}.`);
  }
  return {
    version:
      (tensorFlow.backend === 'native' ? path.basename(tensorFlow.directory) : 'wasm') +
      (await readFile(path.join(networks, 'manifest.json'), 'utf8')),
    bundle: {
      alias: { '@mapbox/node-pre-gyp': path.join(import.meta.dirname, 'addon.ts') },
      minifySyntax: true,
      minifyWhitespace: true,
    },
    async copyTo({ engine }) {
      for (const file of NETWORKS.flatMap((name) => [
        `${name}_model-weights_manifest.json`,
        `${name}_model.bin`,
      ])) {
        await cp(packagePath('@vladmandic/face-api', `model/${file}`), path.join(engine, file));
      }
      for (const name of BUILTINS) {
        await cp(path.join(networks, name), path.join(engine, name), {
          recursive: true,
          filter: (source) => path.extname(source) !== '.onnx',
        });
      }
      if (tensorFlow.backend === 'native') {
        // Links, since a copy would take 200 MB.
        for (const file of await readdir(tensorFlow.directory)) {
          await link(path.join(tensorFlow.directory, file), path.join(engine, file));
        }
      } else {
        for (const file of WASM) {
          await cp(packagePath('@tensorflow/tfjs-backend-wasm', `dist/${file}`), path.join(engine, file));
        }
      }
    },
  };
};
