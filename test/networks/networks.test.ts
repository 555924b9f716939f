import assert from 'node:assert/strict';
import path from 'node:path';
import { describe, it } from 'node:test';
import { norm, randomUniform, reverse, sub, type Tensor, tensor2d, tensor4d } from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import sharp from 'sharp';
import { EXPRESSIONS } from '../../attributes/expression/result.ts';
import { ageGenderNet } from '../../networks/age-gender-net.ts';
import { loadFaceApiWeights } from '../../networks/face-api-weights.ts';
import { faceExpressionNet } from '../../networks/face-expression-net.ts';
import { faceMesh, logitOf } from '../../networks/face-mesh.ts';
import { faceRecognitionNet, RECOGNITION_SIDE } from '../../networks/face-recognition-net.ts';
import { assertAgrees } from './agreement.ts';

const CHIP_SIDE = 112;
const SAMPLES = path.resolve(import.meta.dirname, '..', '..', 'samples');

async function chipOf(sample: string, side = CHIP_SIDE) {
  const pixels = await sharp(path.join(SAMPLES, sample))
    .resize(side, side)
    .removeAlpha()
    .toColourspace('srgb')
    .raw()
    .toBuffer();
  return tensor4d(Float32Array.from(pixels), [1, side, side, 3]);
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

describe('FaceMesh', () => {
  it('exported agrees with the layers model', async () => {
    const network = await faceMesh();
    for (const sample of ['hopper.jpg', 'lincoln.jpg']) {
      await assertAgrees(network, [await chipOf(sample, 192)], 'uint8');
    }
  });

  it('commits itself to nothing where it sees no face', async () => {
    const noise = randomUniform([1, 192, 192, 3], 0, 255, 'float32', 1);
    for (const told of (await faceMesh()).predict(noise) as Tensor[]) {
      const probability = told.dataSync()[0] ?? Number.NaN;
      assert.ok(Math.abs(probability - 0.5) < 0.05, `${probability}`);
    }
  });

  it('takes eyes for closed when the upper lids come down, and a mouth for open when the lips part', async () => {
    const network = await faceMesh();
    const logit = (output: string, { lids = 0, lips = 0 }) => {
      const [upperLids, corners, lowerLids, upperLip, lowerLip] = [6, 4, 6, 5, 5].map((count, part) =>
        Array.from({ length: count }, () => [60 - lids, 60, 62, 130, 130 + lips][part] ?? 0),
      );
      const heights = tensor2d([[upperLids, corners, lowerLids, upperLip, lowerLip].flat().map(Number)]);
      return (network.getLayer(logitOf(output)).apply(heights) as Tensor).dataSync()[0] ?? Number.NaN;
    };
    assert.ok(logit('eyes', { lids: 5 }) > 5);
    assert.ok(logit('eyes', { lids: 1 }) < -4);
    assert.ok(logit('mouth', { lips: 1 }) > 3);
    assert.ok(logit('mouth', { lips: 8 }) < -5);
  });
});

describe('FaceRecognitionNet', () => {
  it('exported agrees with the layers model, and tells people apart', async () => {
    const network = await faceRecognitionNet();
    const [hopper, astronaut] = await Promise.all(
      ['hopper.jpg', 'astronaut.jpg'].map((sample) => chipOf(sample, RECOGNITION_SIDE)),
    );
    assert.ok(hopper && astronaut);
    await assertAgrees(network, [hopper], 'uint8');
    const [one, mirrored, other] = [hopper, reverse(hopper, 2), astronaut].map(
      (chip) => network.predict(chip) as Tensor,
    );
    assert.ok(one && mirrored && other);
    const distance = (to: Tensor) => norm(sub(one, to)).dataSync()[0] ?? Number.NaN;
    assert.equal(one.size, 128);
    assert.ok(distance(mirrored) < distance(other) / 2, `${distance(mirrored)}, ${distance(other)}`);
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
