import path from 'node:path';
import faceApiPackage from '@vladmandic/face-api/package.json' with { type: 'json' };
import { once } from '../../support/once.ts';
import type { Engine, FaceDetector } from '../../vision/engine.ts';
import { BUILTINS } from './builtins.ts';
import { type FaceApi, loadFaceApi } from './face-api.ts';
import { LayersNetwork } from './network.ts';
import { detectFaces } from './ssd-mobilenetv1.ts';

const VERSION = `face-api-${faceApiPackage.version}`;

/**
 * An engine on TensorFlow.js, with face-api's own code.
 * @param directory holds face-api's weight files, and the folders of the networks that are built in
 */
export function createTfjsEngine(directory: string): Engine {
  const load = (name: 'ssdMobilenetv1' | 'faceLandmark68Net') =>
    once(async () => {
      const loaded = await loadFaceApi();
      await loaded.faceApi.nets[name].loadFromDisk(directory);
      return loaded;
    });
  const [ssd, landmarks] = [load('ssdMobilenetv1'), load('faceLandmark68Net')];
  return {
    name: 'tfjs',
    loadDetector: once(async () => detector((await Promise.all([ssd(), landmarks()]))[0])),
    builtins: BUILTINS.map((name) => path.join(directory, name)),
    openNetwork: LayersNetwork.open,
    networkFiles: LayersNetwork.files,
  };
}

function detector(loaded: FaceApi): FaceDetector {
  return {
    model: { name: 'SsdMobilenetv1', version: VERSION },
    detect: (image, minimumConfidence) => detectFaces(loaded, image, minimumConfidence),
  };
}
