import '@tensorflow/tfjs-backend-cpu';
import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, describe, it } from 'node:test';
import { input, layers, model } from '@tensorflow/tfjs-layers';
import type { OwnDefinition } from '../../attributes/own/definition.ts';
import { createOnnxEngine } from '../../layers/onnx/engine.ts';
import { OnnxNetwork } from '../../layers/onnx/network.ts';
import { InferenceSession } from '../../layers/onnx/runtime.ts';
import { chipsFor, estimateFaces } from '../../models/analysis.ts';
import { type ModelCard, modelCardSchema } from '../../models/card.ts';
import { openEstimators } from '../../models/estimator.ts';
import { onFeatures } from '../../networks/head.ts';
import { apply, chipInput, conv, pool } from '../../networks/layers.ts';
import { encodeOnnx, encodeTrunk, writeProducts } from '../../training/trainer/products.ts';
import { chipBytes, usualViews } from '../../vision/chip-spec.ts';
import { ageDraft } from './card.ts';

const SIDE = 32;
const NAMES = ['glasses', 'mask', 'hat'] as const;

const folder = await mkdtemp(path.join(tmpdir(), 'facedrop-trunk-'));
after(() => rm(folder, { recursive: true }));

/** Frozen layers with weights of chance. */
const { chips, normalized } = chipInput(SIDE);
const features = model({ inputs: chips, outputs: pool(conv('conv', 8, 3, 8, normalized)) });

/** A model as a training leaves it, on these layers. */
async function write(name: string) {
  const inputs = input({ shape: [8], name: 'features' });
  const outputs = apply(layers.dense({ name, units: 2, activation: 'softmax' }), inputs);
  const head = model({ inputs, outputs });
  const whole = onFeatures('transfer', features, head);
  const place = path.join(folder, name);
  const onTrunk = { trunk: await encodeTrunk(features), head };
  await writeProducts(place, { whole, onTrunk }, name, { steps: [], validations: [] });
  return { place, whole };
}

function cardOf(name: string): ModelCard {
  const definition: OwnDefinition = { name, kind: 'classes', classes: ['yes', 'no'] };
  const { task, output, estimate, interval, metrics, ...common } = ageDraft('1');
  return modelCardSchema.parse({
    ...common,
    ...{ task: name, definition, output: 'classes', metrics: { faces: 1 } },
    ...{ input: { side: SIDE }, views: usualViews(1.6, 2) },
    files: { 'model.onnx': { bytes: 1, sha256: '0'.repeat(64) } },
  });
}

const noise = (seed: number, faces: number) =>
  Uint8Array.from({ length: faces * chipBytes({ side: SIDE }) }, (_, index) => (index * 7919 * seed) % 251);

describe('models on the same frozen layers', () => {
  it('look once at a face, however many they are, and say what each says alone', async (t) => {
    const engine = createOnnxEngine(folder);
    const written = await Promise.all(NAMES.map(write));
    const sessions: InferenceSession = Object.getPrototypeOf(
      await InferenceSession.create(await encodeTrunk(features)),
    );
    const { mock: runs } = t.mock.method(sessions, 'run');
    const estimators = (
      await Promise.all(
        NAMES.map((name, i) => openEstimators(engine, written[i]?.place ?? '', [cardOf(name)])),
      )
    ).flat();
    const photo = { specs: chipsFor(estimators), chips: noise(1, 2) };
    const told = (await estimateFaces(estimators, photo)).get('own');
    assert.equal(runs.callCount(), 1 + NAMES.length, 'the frozen layers, and what is on top of them');
    await estimateFaces(estimators, { ...photo, chips: noise(2, 2) });
    assert.equal(runs.callCount(), 2 * (1 + NAMES.length), 'other faces are looked at, too');

    for (const [index, name] of NAMES.entries()) {
      const alone = path.join(folder, `${name}-whole`);
      await mkdir(alone);
      const { whole } = written[index] ?? {};
      assert.ok(whole);
      await writeFile(path.join(alone, 'model.onnx'), await encodeOnnx(whole, name));
      const estimators = await openEstimators(engine, alone, [cardOf(name)]);
      const expected = (await estimateFaces(estimators, photo)).get('own');
      const said = (parts: typeof told) =>
        parts?.map(({ attributes }) => (attributes as Record<string, unknown>)[name]);
      assert.deepEqual(said(told), said(expected));
    }
  });

  it('are opened again after a file of them could not be read', async () => {
    const { place } = await write('beard');
    await writeFile(path.join(place, 'trunk.onnx'), 'damaged');
    const open = () => OnnxNetwork.open(place, SIDE, ['beard']);
    await assert.rejects(open);
    await assert.rejects(open);
    await writeFile(path.join(place, 'trunk.onnx'), await encodeTrunk(features));
    assert.equal((await (await open()).run(noise(1, 3))).length, 3);
  });
});
