import assert from 'node:assert/strict';
import path from 'node:path';
import { describe, it } from 'node:test';
import { randomUniform, type Tensor, tensor4d } from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import sharp from 'sharp';
import { EXPRESSIONS } from '../../attributes/expression/result.ts';
import { ageGenderNet } from '../../networks/age-gender-net.ts';
import { loadFaceApiWeights } from '../../networks/face-api-weights.ts';
import { faceExpressionNet } from '../../networks/face-expression-net.ts';
import { assertAgrees } from './agreement.ts';

const CHIP_SIDE = 112;
const SAMPLES = path.resolve(import.meta.dirname, '..', '..', 'samples');

async function chipOf(sample: string) {
  const pixels = await sharp(path.join(SAMPLES, sample))
    .resize(CHIP_SIDE, CHIP_SIDE)
    .removeAlpha()
    .toColourspace('srgb')
    .raw()
    .toBuffer();
  return tensor4d(Float32Array.from(pixels), [1, CHIP_SIDE, CHIP_SIDE, 3]);
}

describe('FaceExpressionNet', () => {
  it('exported agrees with the layers model, and knows all expressions but contempt', async () => {
    const network = await faceExpressionNet();
    const chip = await chipOf('hopper.jpg');
    await assertAgrees(network, [chip], 'uint8');
    const probabilities = [...(network.predict(chip) as Tensor).dataSync()];
    assert.equal(probabilities.length, EXPRESSIONS.length);
    assert.equal(probabilities[EXPRESSIONS.indexOf('contempt')], 0);
    const sum = probabilities.reduce((total, each) => total + each, 0);
    assert.ok(Math.abs(sum - 1) < 1e-5);
  });
});

const NETWORKS: readonly (readonly [string, () => LayersModel, string])[] = [
  ['AgeGenderNet', ageGenderNet, 'age_gender_model'],
];

for (const [name, define, weights] of NETWORKS) {
  describe(name, () => {
    it('exported agrees with the layers model on noise and on photos', async () => {
      const network = define();
      await loadFaceApiWeights(network, weights);
      await assertAgrees(network, [randomUniform([2, CHIP_SIDE, CHIP_SIDE, 3], 0, 255, 'float32', 1)]);
      for (const sample of ['astronaut.jpg', 'photographer.png']) {
        await assertAgrees(network, [await chipOf(sample)], 'uint8');
      }
    });

    it('refuses the weights of another network', async () => {
      await assert.rejects(loadFaceApiWeights(define(), 'face_expression_model'), /weight|were left/);
    });
  });
}
