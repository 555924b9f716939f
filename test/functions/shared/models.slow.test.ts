import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { before, describe, it } from 'node:test';
import '@tensorflow/tfjs-backend-cpu';
import { layers, model } from '@tensorflow/tfjs-layers';
import { faceSchema } from '../../../attributes/face.ts';
import { type AttributeName, USUAL_NAMES } from '../../../attributes/list.ts';
import { OWN } from '../../../attributes/own/definition.ts';
import { Models } from '../../../functions/shared/models.ts';
import { createOnnxEngine } from '../../../layers/onnx/engine.ts';
import { buildModels } from '../../../models/build/build.ts';
import type { Estimator } from '../../../models/estimator.ts';
import { openRegistry, type Registry } from '../../../models/registry.ts';
import { apply, chipInput, conv, pool } from '../../../networks/layers.ts';
import { writeProducts } from '../../../training/trainer/products.ts';
import { unitsOf } from '../../../training/trainer/target.ts';
import { usualViews, type ViewCount } from '../../../vision/chip-spec.ts';
import type { Engine } from '../../../vision/engine.ts';
import { findFaces } from '../../../vision/faces.ts';
import { type DecodedPhoto, decodePhoto } from '../../../vision/photo.ts';
import { emptyAws } from '../../models/bucket.ts';
import { ageDraft, genderDraft } from '../../models/card.ts';

const SAMPLES = path.resolve(import.meta.dirname, '..', '..', '..', 'samples');
const local = await emptyAws();

/** Side of the default networks' chips, in pixels. */
const SIDE = 128;

describe('models in service', () => {
  const bucket = 'models-in-service';
  const logged: unknown[] = [];
  let engine: Engine;
  let registry: Registry;
  let models: Models;
  let photo: DecodedPhoto;

  before(async () => {
    await local.s3.createBucket({ Bucket: bucket });
    engine = createOnnxEngine(await buildModels());
    registry = openRegistry({ client: local.s3, bucket });
    models = new Models({
      engine,
      parts: [...USUAL_NAMES, OWN],
      registry,
      certainFor: 0,
      report: (message) => logged.push(message),
    });
    photo = await decodePhoto(await readFile(path.join(SAMPLES, 'astronaut.jpg')), 1e8);
  });

  /** As the functions go about it: chips by what is in service, estimates by what then is. */
  async function analyse(task: AttributeName) {
    const { chips: specs } = await models.service();
    const options = { minimumConfidence: 0.35, maximumFaces: 5, chips: specs };
    const { chips } = await findFaces(photo, await engine.loadDetector(), options);
    const estimator = await inService(models, task);
    const [estimate] = await estimator.estimate({ specs, chips });
    return faceSchema.partial().parse(estimate);
  }

  async function inService(from: Models, task: AttributeName): Promise<Estimator> {
    const [estimator] = await from.estimators([task]);
    assert.ok(estimator);
    return estimator;
  }

  /** A network as a training leaves it, but small and with weights of chance. */
  async function publish(task: AttributeName, version: string, views: ViewCount): Promise<void> {
    const folder = path.join(local.folder, version);
    const { chips, normalized } = chipInput(SIDE);
    const output = layers.dense({
      name: task,
      units: unitsOf({ task, output: 'years' }),
      activation: 'softmax',
    });
    const outputs = apply(output, pool(conv('conv', 8, 3, 8, normalized)));
    const whole = model({ inputs: chips, outputs });
    await writeProducts(folder, { whole }, task, { steps: [], validations: [] });
    // The square that the default network looks at, too.
    const changes = { input: { side: SIDE }, views: usualViews(1.5, views) };
    const draft = task === 'age' ? ageDraft(version, changes) : genderDraft(version, changes);
    await registry.publish(draft, folder);
  }

  const why = 'test';

  it("are the model layer's network until one is promoted", async () => {
    const age = await analyse('age');
    const gender = await analyse('gender');
    assert.ok(age.age && age.age.model.name === 'facedrop' && age.age.years < 40);
    assert.ok(gender.gender?.gender === 'F');
    assert.equal(await inService(models, 'age'), await inService(models, 'age'));
  });

  for (const [views, version] of [
    [1, 'first'],
    [10, 'second'],
  ] as const) {
    it(`change with a promotion, and look at what the new one asks for: ${views} views`, async () => {
      await publish('age', version, views);
      await registry.promote('age', version, { why });
      const { model, chips } = await inService(models, 'age');
      assert.deepEqual(model, { name: 'transfer', version });
      assert.equal(chips.length, views === 1 ? 1 : 5);
      const estimate = await analyse('age');
      assert.ok(estimate.age);
      assert.deepEqual(estimate.age.model, { name: 'transfer', version });
      const probabilities = Object.values(estimate.age.groups).reduce((sum, value) => sum + value, 0);
      assert.ok(Math.abs(probabilities - 1) < 1e-3);
      assert.deepEqual(logged, []);
      // The other task's chip is the same as the first: it is cut once.
      assert.equal((await models.service()).chips.length, chips.length);
    });
  }

  it('serve a photo whose chips were cut for another model', async () => {
    const { chips: old } = await models.service();
    const options = { minimumConfidence: 0.35, maximumFaces: 5, chips: old.slice(-2) };
    const { chips } = await findFaces(photo, await engine.loadDetector(), options);
    const estimator = await inService(models, 'age');
    const [part] = await estimator.estimate({ specs: options.chips, chips });
    const close = faceSchema.partial().parse(part);
    const exact = await analyse('age');
    assert.ok(close.age && exact.age);
    assert.ok(Math.abs(close.age.years - exact.age.years) < 3);
  });

  it('serve genders too', async () => {
    await publish('gender', 'other', 2);
    await registry.promote('gender', 'other', { why });
    const estimate = await analyse('gender');
    assert.ok(estimate.gender);
    assert.deepEqual(estimate.gender.model, { name: 'transfer', version: 'other' });
    await registry.rollback('gender', { why });
    assert.equal((await inService(models, 'gender')).model.name, 'facedrop');
  });

  it('stay as they are when the new one is damaged or missing, and say so', async () => {
    const key = 'models/age/third/model.onnx';
    await publish('age', 'third', 2);
    const { Body } = await local.s3.getObject({ Bucket: bucket, Key: key });
    const whole = (await Body?.transformToByteArray()) ?? new Uint8Array();
    await registry.promote('age', 'third', { why });
    const damages = [
      () => local.s3.putObject({ Bucket: bucket, Key: key, Body: whole.subarray(1000) }),
      () => local.s3.deleteObject({ Bucket: bucket, Key: key }),
      () => local.s3.putObject({ Bucket: bucket, Key: 'models/age/live.json', Body: '{' }),
    ];
    for (const damage of damages) {
      await damage();
      const before = logged.length;
      assert.equal((await inService(models, 'age')).model.version, 'second');
      assert.equal(logged.length, before + 1);
      assert.match(String(logged.at(-1)), /Could not load the age model; "second" stays in service/);
      if (damage === damages[2]) continue;
      // A process that starts now knows by the pointer which one was in service before.
      const complaints: string[] = [];
      const fresh = new Models({
        engine,
        parts: [...USUAL_NAMES, OWN],
        registry,
        report: (message) => complaints.push(message),
      });
      assert.equal((await inService(fresh, 'age')).model.version, 'second');
      assert.equal(complaints.length, 1);
    }
    await local.s3.putObject({ Bucket: bucket, Key: key, Body: whole });
    await local.s3.deleteObject({ Bucket: bucket, Key: 'models/age/live.json' });
    await registry.promote('age', 'third', { why });
    assert.equal((await inService(models, 'age')).model.version, 'third');
  });

  it('ask the registry no more often than they are told to', async () => {
    const patient = new Models({
      engine,
      parts: [...USUAL_NAMES, OWN],
      registry,
      report: (message) => assert.fail(message),
    });
    assert.equal((await inService(patient, 'age')).model.version, 'third');
    await registry.rollback('age', { why });
    assert.equal((await inService(patient, 'age')).model.version, 'third');
  });
});
