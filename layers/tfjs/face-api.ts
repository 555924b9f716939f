import { existsSync } from 'node:fs';
import path from 'node:path';
import util from 'node:util';
import * as tf from '@tensorflow/tfjs-core';
import { once } from '../../support/once.ts';
import { find as findAddon } from './addon.ts';

export type FaceApiPackage = typeof import('@vladmandic/face-api');

export interface FaceApi {
  readonly faceApi: FaceApiPackage;
  /** The TensorFlow.js that face-api runs on. */
  readonly tf: typeof tf;
  /** Native TensorFlow, or WebAssembly where the layer was built without it. */
  readonly backend: 'native' | 'wasm';
}

/** Loads face-api and TensorFlow.js, and readies TensorFlow's backend. */
export const loadFaceApi = once(async (): Promise<FaceApi> => {
  // Keeps TensorFlow.js from advertising its native package, and TensorFlow from naming the CPU's features.
  tf.enableProdMode();
  process.env.TF_CPP_MIN_LOG_LEVEL ??= '1';
  const backend = existsSync(findAddon()) ? 'native' : 'wasm';
  const faceApi = await (backend === 'native' ? loadNative() : loadWasm());
  await tf.ready();
  return { faceApi, tf, backend };
});

async function loadNative(): Promise<FaceApiPackage> {
  // tfjs-node calls these two, which Node dropped in version 23.
  const isNullOrUndefined = (value: unknown) => value === null || value === undefined;
  Object.assign(util, { isNullOrUndefined, isArray: Array.isArray });
  return import('@vladmandic/face-api/dist/face-api.node.js');
}

async function loadWasm(): Promise<FaceApiPackage> {
  const { setWasmPaths } = await import('@tensorflow/tfjs-backend-wasm');
  setWasmPaths(`${import.meta.dirname}${path.sep}`);
  const faceApi = await import('@vladmandic/face-api/dist/face-api.node-wasm.js');
  await tf.setBackend('wasm');
  return faceApi;
}
