import '@tensorflow/tfjs-backend-wasm';
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { before, describe, it } from 'node:test';
import { type GraphModel, loadGraphModel } from '@tensorflow/tfjs-converter';
import {
  concat,
  enableProdMode,
  io,
  randomUniform,
  reverse,
  setBackend,
  sub,
  type Tensor,
  tensor1d,
} from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { ageGenderNet } from '../../networks/age-gender-net.ts';
import { FACERES_SIDE, faceRes, humanDirectory, loadFaceResWeights } from '../../networks/faceres.ts';
import { sampleChips } from '../models/build/sample-chips.ts';
import { assertClose } from './agreement.ts';

enableProdMode();

/** The network as published, run by TensorFlow.js' own reader of it. */
async function published(): Promise<GraphModel> {
  const { modelTopology, weightsManifest } = JSON.parse(
    await readFile(path.join(humanDirectory(), 'faceres.json'), 'utf8'),
  );
  const bytes = new Uint8Array(await readFile(path.join(humanDirectory(), 'faceres.bin')));
  const weightSpecs = weightsManifest[0].weights;
  return loadGraphModel(io.fromMemory({ modelTopology, weightSpecs, weightData: bytes.buffer }));
}

describe('faceres', () => {
  let network: LayersModel;

  before(async () => {
    await setBackend('wasm');
    network = faceRes();
    await loadFaceResWeights(network);
  });

  it('as a layers model says what the published graph says', async () => {
    const noise = randomUniform([1, FACERES_SIDE, FACERES_SIDE, 3], 0, 255, 'float32', 1);
    const chips = concat([await sampleChips(FACERES_SIDE), noise]);
    const [age, gender] = network.predict(chips) as Tensor[];
    const blueFirst = reverse(sub(chips, tensor1d([123.68, 116.779, 103.939])), 3);
    const answers = [
      (await published()).execute(blueFirst, ['age_pred/Softmax', 'gender_pred/Sigmoid']),
    ].flat();
    assertClose(answers[0]?.dataSync(), age?.dataSync() ?? [], 1e-5);
    assertClose(answers[1]?.dataSync(), gender?.dataSync() ?? [], 1e-5);
  });

  it('knows a woman from a man, and an old face from a young one', async () => {
    const [age, gender] = network.predict(await sampleChips(FACERES_SIDE)) as Tensor[];
    const [woman = 1, man = 0] = gender?.dataSync() ?? [];
    assert.ok(woman < 0.5 && man > 0.5, `${woman} and ${man}`);
    const probabilities = [...(age?.dataSync() ?? [])];
    const years = [0, 100].map((face) =>
      probabilities.slice(face, face + 100).reduce((sum, p, index) => sum + p * (index + 1), 0),
    );
    assert.ok((years[1] ?? 0) > (years[0] ?? 99) + 3, years.join(' and '));
  });

  it('refuses another network', async () => {
    await assert.rejects(loadFaceResWeights(ageGenderNet()), /Expected faceres to hold the weight/);
  });
});
