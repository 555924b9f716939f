import '@tensorflow/tfjs-backend-cpu';
import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { enableProdMode } from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { inceptionV3 } from '../../networks/inception-v3.ts';

enableProdMode();

/** As Keras numbers the layers of a second network in one process. */
const OFFSET = 94;

interface Entry {
  readonly name: string;
  readonly shape: readonly number[];
  readonly bytes: Uint8Array;
}

/** A network's convolutions and normalisations by Keras' names, and its output layer. */
function asKeras(network: LayersModel): Entry[] {
  return network.weights.map((variable) => {
    const [layer = '', weight = ''] = variable.originalName.split('/');
    const [kind, number] = layer.split('_');
    const named = { conv: 'conv2d', norm: 'batch_normalization' }[kind ?? ''];
    const name = named ? `${named}_${Number(number) - 1 + OFFSET}/${weight}` : `predictions/${weight}`;
    const values = variable.read().dataSync<'float32'>();
    const bytes = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
    return { name, shape: variable.read().shape, bytes };
  });
}

describe('Inception v3 from given weights', () => {
  let directory: string;
  let other: LayersModel;

  const write = async (file: string, entries: readonly Entry[]) => {
    // In two files, as larger models are.
    const paths = [`${file}-1.bin`, `${file}-2.bin`] as const;
    const bytes = Buffer.concat(entries.map((entry) => entry.bytes));
    await writeFile(path.join(directory, paths[0]), bytes.subarray(0, 1001));
    await writeFile(path.join(directory, paths[1]), bytes.subarray(1001));
    const weights = entries.map(({ name, shape }) => ({ name, shape, dtype: 'float32' }));
    const model = { format: 'layers-model', modelTopology: {}, weightsManifest: [{ paths, weights }] };
    await writeFile(path.join(directory, file), JSON.stringify(model));
    return path.join(directory, file);
  };

  before(async () => {
    directory = await mkdtemp(path.join(tmpdir(), 'facedrop-inception-'));
    other = (await inceptionV3.build({ output: 'age', units: 101, seed: 2 })).whole;
  });
  after(() => rm(directory, { recursive: true }));

  it('has them in all layers but the output, in whatever order the file lists them', async () => {
    const weights = await write('model.json', asKeras(other).reverse());
    const { whole } = await inceptionV3.build({ output: 'age', units: 101, seed: 1, weights });
    const of = (network: LayersModel) =>
      network.weights.map(({ originalName, ...variable }) => [originalName, variable] as const);
    assert.equal(of(whole).length, of(other).length);
    for (const [index, variable] of whole.weights.entries()) {
      const [ours, theirs] = [variable, other.weights[index]].map((each) => each?.read().dataSync());
      if (variable.originalName === 'age/kernel') assert.notDeepEqual(ours, theirs);
      else assert.deepEqual(ours, theirs, variable.originalName);
    }
  });

  it('refuses the weights of another network', async () => {
    const weights = await write('other.json', asKeras(other).slice(20));
    await assert.rejects(
      inceptionV3.build({ output: 'age', units: 101, seed: 1, weights }),
      /Expected 94 layers named conv2d of InceptionV3 but received \d+/,
    );
  });

  it('refuses another file', async () => {
    const weights = path.join(directory, 'list.json');
    await writeFile(weights, '[]');
    await assert.rejects(
      inceptionV3.build({ output: 'age', units: 101, seed: 1, weights }),
      /Expected a TensorFlow.js layers model in .*list.json/,
    );
  });
});
