import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { cp, mkdtemp, open, readFile, rm, stat, symlink, truncate } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { execa } from 'execa';
import { loadNetwork } from '../../../networks/saved.ts';
import { openPreparedSet } from '../../../training/dataset/prepared-set.ts';
import { type TrainingRequest, type TrainingSpec, trainingSpecSchema } from '../../../training/spec.ts';
import {
  type Control,
  historySchema,
  nameFailure,
  type Outcome,
  TrainingError,
} from '../../../training/trainer/outcome.ts';
import { train } from '../../../training/trainer/train.ts';
import { writeSyntheticSet } from '../synthetic-set.ts';
import { tf } from '../tensorflow.ts';

const PROCESS = path.join(import.meta.dirname, 'training-process.ts');
/** The quickest of the networks whose layers are all trained. */
const finetune: TrainingRequest = { task: 'gender', network: 'finetune', batch: 4, validateEvery: 10 };

describe('a training', () => {
  let folder = '';
  const inFolder = (name: string) => path.join(folder, name);
  const run = (request: TrainingRequest, name: string, control: Control = {}, set = 'set') =>
    runAs(trainingSpecSchema.parse(request), name, control, set);
  const runAs = async (spec: TrainingSpec, name: string, control: Control = {}, set = 'set') => {
    const data = await openPreparedSet(inFolder(set));
    try {
      return await train(spec, data, inFolder(name), control);
    } finally {
      await data.close();
    }
  };
  const digest = async (name: string) =>
    createHash('sha256')
      .update(await readFile(path.join(inFolder(name), 'weights.bin')))
      .digest('hex');
  const failsWith = (code: string, message: RegExp) => (error: unknown) => {
    assert.ok(error instanceof TrainingError, String(error));
    assert.equal(error.code, code);
    assert.match(error.message, message);
    return true;
  };

  before(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'facedrop-trainer-'));
    await writeSyntheticSet(inFolder('set'), { faces: 48 });
  });
  after(() => rm(folder, { recursive: true }));

  it('learns, and leaves the network, its curves and nothing in memory', async () => {
    const tensors = tf.memory().numTensors;
    const losses: number[] = [];
    const onProgress: Control['onProgress'] = ({ smoothed }) => losses.push(smoothed ?? 0);
    const request = { task: 'age', output: 'groups', views: 1, batch: 16, epochs: 40 } as const;
    const outcome = await run(request, 'learning', { onProgress });
    assert.equal(outcome.status, 'finished');
    // The output layers of the networks whose features are used stay.
    assert.ok(tf.memory().numTensors - tensors <= 10);
    const [first = 0, last = 0] = [losses.find((loss) => loss > 0), losses.at(-1)];
    assert.ok(last < first / 2, `${first} to ${last}`);
    const products = ['model.json', 'weights.bin', 'model.onnx', 'trunk.onnx', 'checkpoint.bin', 'logs'];
    for (const product of products) assert.ok(existsSync(path.join(inFolder('learning'), product)), product);
    const history = historySchema.parse(
      JSON.parse(await readFile(path.join(inFolder('learning'), 'history.json'), 'utf8')),
    );
    const best = Math.min(...history.validations.map(({ loss }) => loss));
    assert.equal(outcome.status === 'finished' && outcome.best.loss, best);
  });

  it('leaves a network that calculates in bytes when it is asked for, of the same weights', async () => {
    await run({ ...finetune, steps: 2 }, 'floats');
    const request = { ...finetune, steps: 2, quantized: true };
    await run(request, 'bytes');
    assert.equal(await digest('bytes'), await digest('floats'));
    const sizes = ['floats', 'bytes'].map(async (name) => (await stat(inFolder(`${name}/model.onnx`))).size);
    const [floats = 0, bytes = 0] = await Promise.all(sizes);
    assert.ok(bytes > 0 && bytes < 0.4 * floats, `${bytes} of ${floats}`);
  });

  it('trains nothing but the last layer on, from given weights, at pace 0', async () => {
    await run({ ...finetune, steps: 2 }, 'given');
    const control = { weights: inFolder('given/model.json') };
    await run({ ...finetune, steps: 2, pretrainedPace: 0 }, 'further', control);
    const [given, further] = await Promise.all(
      ['given', 'further'].map((name) => loadNetwork(inFolder(name))),
    );
    const before = new Map(given?.weights.map((weight) => [weight.originalName, weight.read()]));
    const changed = further?.weights.filter((weight) => {
      const old = before.get(weight.originalName);
      return !old || tf.any(tf.notEqual(weight.read(), old)).dataSync()[0];
    });
    assert.deepEqual(changed?.map(({ originalName }) => originalName).sort(), [
      'gender/bias',
      'gender/kernel',
    ]);
  });

  it('ends with the very same weights when it was killed', async () => {
    const request = JSON.stringify({ ...finetune, steps: 20, checkpointEvery: 5 });
    const start = (name: string, ...last: string[]) =>
      execa(process.execPath, [PROCESS, request, inFolder('set'), inFolder(name), ...last]);
    await assert.rejects(start('killed', '10'), { signal: 'SIGKILL' });
    assert.ok(!existsSync(path.join(inFolder('killed'), 'history.json')));
    await Promise.all([start('killed'), start('whole')]);
    assert.equal(await digest('killed'), await digest('whole'));
    const histories = ['killed', 'whole'].map((name) =>
      readFile(path.join(inFolder(name), 'history.json'), 'utf8'),
    );
    const [one, other] = await Promise.all(histories);
    assert.equal(one, other);
  });

  it('stops before its deadline and goes on, also while it calculates features', async () => {
    const request = { task: 'gender', views: 1, batch: 8, steps: 40, validateEvery: 7 } as const;
    let outcome: Outcome | undefined;
    let stops = 0;
    // A slow machine needs longer until it gets anywhere.
    for (let time = 2500; outcome?.status !== 'finished'; time *= 1.1) {
      const deadline = Date.now() + time;
      let began = false;
      const onProgress = () => {
        began = true;
      };
      outcome = await run(request, 'hurried', { deadline: new Date(deadline), onProgress });
      if (!began || outcome.status === 'finished') continue;
      stops += 1;
      // It leaves itself some seconds, of which a busy machine may take more.
      assert.ok(Date.now() < deadline + 5000, `it was ${Date.now() - deadline} ms late`);
    }
    assert.ok(stops > 0);
    const whole = await run(request, 'leisurely');
    assert.equal(whole.status, 'finished');
    assert.equal(await digest('hurried'), await digest('leisurely'));
  });

  it('shares features with another one at the same time', async () => {
    const request = { task: 'age', output: 'groups', views: 1, batch: 8, steps: 10 } as const;
    const cache = { directory: inFolder('shared') };
    await Promise.all([run(request, 'one', { cache }), run(request, 'other', { cache })]);
    await run(request, 'alone');
    assert.equal(await digest('one'), await digest('alone'));
    assert.equal(await digest('other'), await digest('alone'));
  });

  it('writes a checkpoint when it is cancelled', async () => {
    const cancellation = new AbortController();
    const request = { ...finetune, steps: 500 };
    const outcome = await run(request, 'cancelled', {
      signal: cancellation.signal,
      onProgress: () => cancellation.abort(),
    });
    assert.deepEqual(outcome, { status: 'cancelled', step: 10 });
    assert.ok(existsSync(path.join(inFolder('cancelled'), 'checkpoint.bin')));
  });

  it('ends early when it gets no better, with the best weights', async () => {
    const optimizer = { name: 'adam', learningRate: 0.05, warmUp: 0 } as const;
    const request = { task: 'gender', views: 1, batch: 8, epochs: 500, patience: 2, optimizer } as const;
    const outcome = await run(request, 'early', { cache: { directory: inFolder('hurried') } });
    assert.ok(outcome.status === 'finished' && outcome.stoppedEarly);
    assert.ok(outcome.best.step < outcome.step);
  });

  it('cross-validates', async () => {
    const request = { task: 'gender', views: 1, batch: 8, steps: 20, folds: 2 } as const;
    await run(request, 'folds', { cache: { directory: inFolder('hurried') } });
    const history = JSON.parse(await readFile(path.join(inFolder('folds'), 'history.json'), 'utf8'));
    assert.equal(historySchema.parse(history).folds?.length, 2);
  });

  it('says when it diverges', async () => {
    const { optimizer, ...spec } = trainingSpecSchema.parse({
      ...{ ...finetune, steps: 20 },
      optimizer: { name: 'momentum' },
    });
    // Higher than anybody may ask for, so that it goes fast.
    const steep = { ...optimizer, learningRate: 1e30 };
    for (const l2 of [0, 0.0005]) {
      await assert.rejects(
        runAs({ ...spec, optimizer: steep, l2 }, `diverging-${l2}`),
        failsWith('diverged', /learning rate/),
      );
    }
  });

  it('refuses the checkpoint of another training', async () => {
    await run({ ...finetune, steps: 1 }, 'done');
    await assert.rejects(
      run({ ...finetune, steps: 30 }, 'done'),
      failsWith('other-training', /empty directory/),
    );
  });

  it('says when there is nothing to learn', async () => {
    await writeSyntheticSet(inFolder('ageless'), { faces: 8, label: () => ({ gender: 'F' }) });
    await assert.rejects(run({ task: 'age' }, 'nothing', {}, 'ageless'), failsWith('empty-set', /known age/));
    await assert.rejects(
      run({ task: 'gender' }, 'nothing', {}, 'ageless'),
      failsWith('one-class', /all are of one/),
    );
  });

  it('says when a shard is damaged or gone', async () => {
    await cp(inFolder('set'), inFolder('damaged'), { recursive: true });
    const shard = path.join(inFolder('damaged'), '0000.jpegs');
    const handle = await open(shard, 'r+');
    await handle.write(new Uint8Array(4096), 0, 4096, 0);
    await handle.write(new Uint8Array(4096), 0, 4096, 40_000);
    await handle.close();
    const request = { ...finetune, steps: 20 };
    await assert.rejects(run(request, 'broken', {}, 'damaged'), failsWith('corrupt-shard', /0000/));
    await truncate(shard, 0);
    await assert.rejects(run(request, 'broken', {}, 'damaged'), failsWith('set-vanished', /0000/));
    await rm(shard);
    await assert.rejects(run(request, 'broken', {}, 'damaged'), failsWith('set-vanished', /0000/));
  });

  it('says when the disk is full, and keeps the checkpoint before', async () => {
    const checkpoint = path.join(inFolder('full'), 'checkpoint.bin');
    const request = { ...finetune, steps: 2 };
    await run(request, 'full');
    const before = await readFile(checkpoint);
    await symlink('/dev/full', `${checkpoint}.new`);
    await assert.rejects(run(request, 'full'), failsWith('disk-full', /free some/));
    assert.deepEqual(await readFile(checkpoint), before);
  });

  it('says when there is not enough memory', () => {
    const caught = (fail: () => unknown) => {
      try {
        fail();
      } catch (error) {
        return nameFailure(error);
      }
      return undefined;
    };
    const isNamed = failsWith('out-of-memory', /smaller batch/);
    assert.ok(isNamed(caught(() => new ArrayBuffer(2 ** 46))));
    // TensorFlow's own words; it says them only after ten seconds.
    const text = 'Invalid TF_Status: 8\nMessage: OOM when allocating tensor with shape[1000000,4000000]';
    assert.ok(isNamed(nameFailure(new Error(text))));
  });
});
