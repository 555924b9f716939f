import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import * as tf from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { TRAINABLE } from '../../networks/catalogue.ts';
import { setDropoutStep } from '../../networks/dropout.ts';
import { LAYERED_NAMES, type LayeredName } from '../../networks/names.ts';
import { prepareTensorFlow } from '../../training/native.ts';
import { loadTensorFlow } from '../../training/tensorflow.ts';
import { sampleChips } from '../models/build/sample-chips.ts';

const STEPS = 3;

/** Trains on two faces, a woman and a man; @returns the loss of each step and how much each weight was changed */
function train(network: LayersModel, examples: tf.Tensor) {
  const values = () => network.weights.map((weight) => weight.read().dataSync<'float32'>().slice());
  const variables = network.trainableWeights.map((weight) => weight.read() as tf.Variable);
  const labels = tf.tensor2d([0, 1, 1, 0], [2, 2]);
  const optimizer = tf.train.adam(1e-4);
  const start = values();
  const losses = Array.from({ length: STEPS }, (_, step) => {
    setDropoutStep(step);
    const loss = () => {
      const probabilities = network.apply(examples, { training: true }) as tf.Tensor2D;
      return tf.neg(tf.mean(tf.log(tf.sum(tf.mul(probabilities, labels), 1)))) as tf.Scalar;
    };
    return optimizer.minimize(loss, true, variables)?.dataSync()[0] ?? Number.NaN;
  });
  const changes = values().map((after, index) =>
    after.reduce((most, value, place) => Math.max(most, Math.abs(value - (start[index]?.[place] ?? 0))), 0),
  );
  return { losses, changes };
}

describe('networks to train, trained', () => {
  before(async () => {
    process.env.TENSORFLOW_DIRECTORY ??= await prepareTensorFlow();
    await loadTensorFlow();
  });

  const trainOnce = async (name: LayeredName) => {
    const { side, build } = TRAINABLE[name];
    const { features, trained } = await build({ output: 'gender', units: 2, seed: 1, dropout: 0.1 });
    const chips = await sampleChips(side);
    return { trained, ...train(trained, features ? (features.predict(chips) as tf.Tensor) : chips) };
  };

  for (const name of LAYERED_NAMES) {
    it(`${name} learns, and all its weights but frozen ones take part, running means and all`, async () => {
      const { trained, losses, changes } = await trainOnce(name);
      assert.ok((losses.at(-1) ?? 9) < (losses[0] ?? 0), losses.join(', '));
      const idle = trained.weights.filter((_, index) => !((changes[index] ?? 0) > 0));
      const frozen = trained.layers.filter(({ trainable }) => !trainable).flatMap(({ weights }) => weights);
      assert.deepEqual(
        idle.map(({ originalName }) => originalName),
        frozen.map(({ originalName }) => originalName),
      );
      assert.equal(frozen.length > 0, name === 'finetune');
    });
  }

  it('go the same way every time', async () => {
    const [one, other] = [await trainOnce('levi-hassner-bn'), await trainOnce('levi-hassner-bn')];
    assert.deepEqual([one.losses, one.changes], [other.losses, other.changes]);
  });
});
