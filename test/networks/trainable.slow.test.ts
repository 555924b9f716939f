import '@tensorflow/tfjs-backend-wasm';
import assert from 'node:assert/strict';
import { mkdtemp, rm, truncate } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { add, dispose, memory, setBackend, type Tensor } from '@tensorflow/tfjs-core';
import { type LayersModel, layers, sequential } from '@tensorflow/tfjs-layers';
import { execa } from 'execa';
import { TRAINABLE } from '../../networks/catalogue.ts';
import { LAYERED_NAMES } from '../../networks/names.ts';
import { loadNetwork, saveNetwork } from '../../networks/saved.ts';
import { sampleChips } from '../models/build/sample-chips.ts';
import { assertAgrees, assertClose } from './agreement.ts';
import { settle } from './settle.ts';

const weightsOf = (network: LayersModel) => network.getWeights().map((weight) => weight.dataSync());
const predict = (network: LayersModel, x: Tensor) => (network.predict(x) as Tensor).dataSync();

/** From two faces' probabilities: the mean year, or the probability of the second gender. */
function meansOf(probabilities: Float32Array): Float32Array {
  const units = probabilities.length / 2;
  return Float32Array.from([0, units], (start) =>
    probabilities.subarray(start, start + units).reduce((sum, share, year) => sum + share * year, 0),
  );
}

/** Prints what a saved network says, in a process that has made none itself. */
const READER = path.join(import.meta.dirname, 'reading-process.ts');

describe('networks to train', () => {
  let directory: string;

  before(async () => {
    await setBackend('wasm');
    directory = await mkdtemp(path.join(tmpdir(), 'facedrop-networks-'));
  });
  after(() => rm(directory, { recursive: true }));

  for (const name of LAYERED_NAMES) {
    describe(name, () => {
      const { side, build } = TRAINABLE[name];

      it('exported, and read by another process, says what it says itself', async () => {
        const chips = await sampleChips(side);
        const { whole, trained } = await build({ output: 'age', units: 101, seed: 1 });
        settle(whole, trained, 'age', chips);
        const expected = predict(whole, chips);
        const [least, most] = [Math.min(...expected), Math.max(...expected)];
        assert.ok(least < 0.005 && most > 0.02 && most < 0.9, `from ${least} to ${most}`);
        await assertAgrees(whole, [chips], 'uint8');

        const saved = path.join(directory, name);
        await saveNetwork(whole, saved);
        const reading = await execa(process.execPath, [READER, saved]);
        assertClose(Float32Array.from(JSON.parse(reading.stdout.split('\n').at(-1) ?? '')), expected, 1e-6);
      });

      it('has a probability for each answer to what it is asked', async () => {
        for (const [options, units] of [
          [{ output: 'age', units: 101 }, 101],
          [{ output: 'age', units: 8 }, 8],
          [{ output: 'gender', units: 2 }, 2],
        ] as const) {
          const { whole } = await build({ ...options, seed: 1 });
          const shapes = [...whole.inputs, ...whole.outputs].map(({ shape }) => shape);
          assert.deepEqual(whole.inputNames, ['chips']);
          assert.deepEqual(shapes, [
            [null, side, side, 3],
            [null, units],
          ]);
        }
      });

      it('starts from the same weights for the same seed, and from others for another', async () => {
        const [one, same, other] = await Promise.all(
          [7, 7, 8].map(async (seed) =>
            weightsOf((await build({ output: 'gender', units: 2, seed })).trained),
          ),
        );
        assert.deepEqual(one, same);
        // All of its weights are given ones, or zero; the seed only decides what is dropped.
        if (name === 'finetune' || name === 'transfer') assert.deepEqual(one, other);
        else assert.notDeepEqual(one, other);
      });
    });
  }

  it('estimate from the start as version 3 of the default model did, unless they may not know it', async () => {
    const chips = await sampleChips(TRAINABLE.transfer.side);
    for (const [output, units, expected, limit] of [
      ['age', 101, [39, 39.9], 0.5],
      ['gender', 2, [0.57, 0.41], 0.05],
    ] as const) {
      const { whole, pretrained } = await TRAINABLE.transfer.build({ output, units, seed: 1 });
      assertClose(meansOf(predict(whole, chips) as Float32Array), Float32Array.from(expected), limit);
      assert.ok(pretrained?.has(output));
    }
    for (const options of [{ units: 8 }, { permissive: true }, { output: 'other' }]) {
      const { pretrained } = await TRAINABLE.transfer.build({
        output: 'age',
        units: 101,
        seed: 1,
        ...options,
      });
      assert.deepEqual(pretrained, new Set());
    }
  });

  it('share their weights with the parts that are trained', async () => {
    const { features, trained, whole } = await TRAINABLE.transfer.build({
      output: 'gender',
      units: 2,
      seed: 1,
    });
    assert.ok(features);
    const chips = await sampleChips(TRAINABLE.transfer.side);
    trained.setWeights(trained.getWeights().map((weight) => add(weight, 0.01)));
    assertClose(
      Float32Array.from(predict(trained, features.predict(chips) as Tensor)),
      predict(whole, chips),
      1e-6,
    );
    const names = (network: LayersModel) => network.trainableWeights.map(({ originalName }) => originalName);
    assert.deepEqual(names(whole), names(trained));
  });

  it('leave nothing in memory but their weights', async () => {
    for (const name of LAYERED_NAMES) {
      const before = memory().numTensors;
      const { whole } = await TRAINABLE[name].build({ output: 'age', units: 101, seed: 1 });
      dispose(whole.weights.map((weight) => weight.read()));
      assert.equal(memory().numTensors, before, name);
    }
  });

  it('start from given weights where these have the same names, and refuse those of another network', async () => {
    const [saved, foreign] = ['given', 'foreign'].map((name) => path.join(directory, name)) as [
      string,
      string,
    ];
    const { whole: given } = await TRAINABLE.finetune.build({ output: 'age', units: 101, seed: 1 });
    given.setWeights(given.getWeights().map((weight) => add(weight, 0.01)));
    await saveNetwork(given, saved);
    const weights = path.join(saved, 'model.json');
    const { whole } = await TRAINABLE.finetune.build({ output: 'gender', units: 2, seed: 1, weights });
    const kernel = (network: LayersModel, name: string) => network.getLayer(name).getWeights()[0]?.dataSync();
    const last = 'faceres/conv_pw_13';
    assert.deepEqual(kernel(whole, last), kernel(given, last));
    // Another task's layer is not among them.
    assert.ok(kernel(whole, 'gender')?.every((weight) => weight === 0));
    const small = sequential({ layers: [layers.dense({ name: 'other', units: 1, inputShape: [1] })] });
    await saveNetwork(small, foreign);
    await assert.rejects(
      TRAINABLE.finetune.build({
        output: 'gender',
        units: 2,
        seed: 1,
        weights: path.join(foreign, 'model.json'),
      }),
      /Expected .* to hold weights of faceres, such as faceres\/\w+\/\w+, but received other\/kernel/,
    );
  });

  it('refuse a damaged file', async () => {
    const saved = path.join(directory, 'damaged');
    await saveNetwork((await TRAINABLE.finetune.build({ output: 'gender', units: 2, seed: 1 })).whole, saved);
    await truncate(path.join(saved, 'weights.bin'), 1000);
    await assert.rejects(loadNetwork(saved), /Expected \d+ bytes .* received 1000/);
  });

  it('refuse a seed that is none', async () => {
    for (const seed of [-1, 0.5, Number.NaN]) {
      await assert.rejects(
        TRAINABLE['levi-hassner'].build({ output: 'age', units: 101, seed }),
        /Expected a seed/,
      );
    }
  });
});
