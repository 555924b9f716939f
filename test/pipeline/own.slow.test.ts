import '@tensorflow/tfjs-backend-cpu';
import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, test } from 'node:test';
import { input, layers, model } from '@tensorflow/tfjs-layers';
import type { OwnDefinition } from '../../attributes/own/definition.ts';
import type { CardDraft } from '../../models/model-folder.ts';
import { openRegistry } from '../../models/registry.ts';
import { onFeatures } from '../../networks/head.ts';
import { apply, chipInput, conv, pool } from '../../networks/layers.ts';
import { encodeTrunk, writeProducts } from '../../training/trainer/products.ts';
import { unitsOf } from '../../training/trainer/target.ts';
import { usualViews } from '../../vision/chip-spec.ts';
import { runCommand } from '../cli/commands.ts';
import { Pipeline, type PutOptions } from './pipeline.ts';

/** Attributes that no code knows: a model in the registry is all it takes. */

const SAMPLE = path.resolve(import.meta.dirname, '..', '..', 'samples', 'astronaut.jpg');
const SIDE = 64;
const glasses: OwnDefinition = { name: 'glasses', kind: 'classes', classes: ['yes', 'no'] };
const beauty: OwnDefinition = { name: 'beauty', kind: 'number', range: [1, 5] };

const folder = await mkdtemp(path.join(tmpdir(), 'facedrop-own-'));
const pipeline = await Pipeline.deploy('own');
const { s3, stack } = pipeline.target;
const registry = openRegistry({ client: s3, bucket: stack.trainingBucket });
after(async () => {
  await pipeline.close();
  await rm(folder, { recursive: true });
});

/** Frozen layers, but small and with weights of chance. */
const { chips, normalized } = chipInput(SIDE);
const features = model({ inputs: chips, outputs: pool(conv('conv', 8, 3, 8, normalized)) });

/** Puts a network on them into service, as a training leaves it. */
async function serve(task: OwnDefinition, version: string): Promise<void> {
  const place = path.join(folder, task.name);
  const units = unitsOf({ task, output: task.kind });
  const inputs = input({ shape: [8], name: 'features' });
  const output = layers.dense({ name: task.name, units, activation: 'softmax' });
  const head = model({ inputs, outputs: apply(output, inputs) });
  const trained = {
    whole: onFeatures('transfer', features, head),
    onTrunk: { trunk: await encodeTrunk(features), head },
  };
  await writeProducts(place, trained, task.name, { steps: [], validations: [] });
  const interval = { lower: 0.1, upper: 0.9, margin: 0, faces: 20 };
  const draft = {
    ...{ task: task.name, definition: task, name: 'transfer', version },
    ...{ output: task.kind, ...(task.kind === 'number' && { interval }) },
    ...{ input: { side: SIDE }, views: usualViews(1.6, 2) },
    trainedOn: { data: 'people', faces: { train: 80, validation: 10, test: 10 } },
    metrics: { faces: 10 },
    createdAt: new Date().toISOString(),
  } as CardDraft;
  await registry.publish(draft, place);
  await registry.promote(task.name, version, { why: 'test' });
}

/** Faces of a photo that comes now. */
async function analyse(key: string, options?: PutOptions) {
  await pipeline.put(key, SAMPLE, options);
  const item = await pipeline.until(key, (each) => each?.status === 'done' || each?.status === 'failed');
  assert.equal(item?.status, 'done');
  return item?.faces ?? [];
}

test('own attributes are told as long as a model for them is in service', async () => {
  const [plain] = await analyse('before.jpg');
  assert.ok(plain?.age);
  assert.equal(plain.attributes, undefined, 'nothing is outstanding, nothing is told');

  await serve(glasses, 'first');
  await serve(beauty, 'first');
  // Running functions look once in half a minute.
  await new Promise((resolve) => setTimeout(resolve, 31_000));
  const [face] = await analyse('after.jpg');
  assert.ok(face?.age && face.gender, 'as the attributes of the list are');
  const { glasses: worn, beauty: rated } = face.attributes ?? {};
  assert.ok(worn && 'probabilities' in worn);
  assert.deepEqual(Object.keys(worn.probabilities), ['yes', 'no']);
  assert.ok(Object.hasOwn(worn.probabilities, worn.value));
  assert.deepEqual(worn.model, { name: 'transfer', version: 'first' });
  assert.ok(rated && 'range' in rated && rated.low <= rated.value && rated.value <= rated.high);
  assert.deepEqual(rated.range, [1, 5]);

  const [wanted] = await analyse('wanted.jpg', { wanted: 'glasses' });
  assert.deepEqual(Object.keys(wanted?.attributes ?? {}), ['glasses'], 'no other own one');
  assert.ok(!wanted?.age && !wanted?.gender && !wanted?.quality, 'nor any of the list');

  await serve(glasses, 'second');
  await new Promise((resolve) => setTimeout(resolve, 31_000));
  const backfill = ['--prefix', 'after.jpg', '--older-than', 'glasses:second'];
  const { exitCode, stderr } = await runCommand('backfill', backfill, { env: pipeline.env });
  assert.equal(exitCode, 0, stderr);
  const redone = await pipeline.until(
    'after.jpg',
    (item) => item?.faces?.[0]?.attributes?.glasses?.model.version === 'second',
  );
  assert.ok(redone?.requestedAt);
  const again2 = await runCommand('backfill', backfill, { env: pipeline.env });
  assert.match(again2.stderr, /Finished: 0 photos sent, 1 skipped/);
  await registry.rollback('glasses', { why: 'test' });

  await registry.remove('beauty');
  await registry.rollback('glasses', { why: 'test' });
  await new Promise((resolve) => setTimeout(resolve, 31_000));
  const [again] = await analyse('again.jpg');
  assert.ok(again?.age);
  assert.equal(again.attributes, undefined);
  assert.deepEqual(await registry.list('beauty'), []);
});
