import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { after, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import { ListObjectsV2Command, PutObjectCommand } from '@aws-sdk/client-s3';
import { type PhotoAnswer, predictionSchema } from '../../../functions/api/schemas.ts';
import {
  type TrainingAnswer,
  trainingAnswerSchema,
  trainingListSchema,
} from '../../../functions/api/training-schemas.ts';
import { FOLDER } from '../../../functions/training/shared/folders.ts';
import { Trainings } from '../../../functions/training/shared/trainings.ts';
import { openRegistry } from '../../../models/registry.ts';
import { samples } from '../../fixtures/index.ts';
import { startTestStack } from '../../stack.ts';
import { assertProblem, Client, json } from '../api/client.ts';
import { killTrainers, putFaces, watch } from './orchestration.ts';

// A stack of its own: what goes into service here is to serve no other test. An invocation trains for 45 seconds.
const running = await startTestStack({
  ...{ promotionFaces: 10, promoteCorrections: true, trainTimeout: 60 },
  referenceData: 'reference',
});
after(() => running.stop());
const client = await Client.create({ trainings: true }, running.stack);
const { target } = client;
const bucket = target.stack.trainingBucket;
const registry = openRegistry({ client: target.s3, bucket });
const trainings = new Trainings(target.dynamo, target.stack.trainingTable);
await putFaces(client, 'people');
await putFaces(client, 'reference', 0.84);

/** A small training: each face is looked at once. */
const SMALL = { task: 'age', data: 'people', batch: 8, views: 1, steps: 400, validateEvery: 100 };
/** One that takes so long that it can be interrupted. */
const LONG = { ...SMALL, steps: 1500, validateEvery: 500, patience: 1000, checkpointEvery: 100 };

async function start(request: object): Promise<string> {
  const answer = await client.sendJson('POST', 'trainings', request);
  assert.equal(answer.status, 201, answer.bytes.toString());
  const { id, status } = trainingAnswerSchema.parse(json(answer));
  assert.equal(status, 'preparing');
  assert.equal(answer.headers.get('location'), `trainings/${id}`);
  return id;
}

const isTraining =
  (step: number) =>
  ({ progress }: TrainingAnswer): boolean =>
    progress?.phase === 'training' && progress.step >= step;

const fileOf = async ({ task, result }: TrainingAnswer) =>
  (await registry.show(task, result?.version ?? '')).files['model.onnx'];

describe('a training', { timeout: 1_200_000 }, () => {
  let first: TrainingAnswer;

  it('needs a data set', async () => {
    const answer = await client.sendJson('POST', 'trainings', { ...SMALL, data: 'corrections' });
    assertProblem(answer, 'no-such-data');
    const photo = await client.upload(new Uint8Array(await readFile(samples.hopper)));
    await client.result(photo);
    const label = { age: 78, gender: 'F', consent: true };
    assert.equal((await client.sendJson('PUT', `photos/${photo}/faces/0/label`, label)).status, 200);
  });

  it('surveys, prepares, trains, judges, and puts a better model into service', async () => {
    const id = await start({ ...SMALL, data: ['people', 'corrections'] });
    first = await watch(client, id);
    assert.equal(first.status, 'done', JSON.stringify(first.failure));
    assert.deepEqual(first.data, ['people', 'corrections']);
    // The correction is in one of them.
    const { train = 0, validation = 0, test = 0 } = first.faces ?? {};
    assert.equal(train + validation + test, 24 + 8 + 16 + 1);
    assert.equal(first.network, 'transfer');
    assert.equal(first.progress?.step, 400);
    assert.ok(first.curve?.some(({ validation }) => validation !== undefined));
    assert.ok(Number(first.dollars) > 0 && Number(first.seconds) > 0);
    assert.equal(first.result?.promoted, true, first.result?.why);
    assert.match(first.result?.why ?? '', /^Better than the model in service by more than chance/);
    assert.equal((await registry.live('age')).version, first.result?.version);
    // It learned from a correction, so that all faces of the reference judged it, and no others.
    const { trainedOn } = await registry.show('age', first.result?.version ?? '');
    assert.deepEqual([trainedOn?.data, trainedOn?.faces.test], ['people+corrections+reference', 48]);

    const report = await fetch(first.report ?? '');
    assert.equal(report.status, 200);
    assert.match(await report.text(), /<h1>Age model transfer<\/h1>/);
    assert.equal(await trainings.holder('age'), undefined);
  });

  it('gives every photo its model within a minute, in the pipeline and over HTTP', async () => {
    const photo = new Uint8Array(await readFile(samples.hopper));
    const expected = { name: 'transfer', version: first.result?.version };
    const deadline = Date.now() + 60_000;
    const becomesExpected = async (ask: () => Promise<unknown>) => {
      let model = await ask();
      while (!isDeepStrictEqual(model, expected) && Date.now() < deadline) {
        await sleep(500);
        model = await ask();
      }
      assert.deepEqual(model, expected);
    };
    await becomesExpected(async () => {
      const answer = predictionSchema.parse(json(await client.sendPhoto(photo)));
      return 'faces' in answer ? answer.faces[0]?.age?.model : undefined;
    });
    let faces: PhotoAnswer['faces'];
    await becomesExpected(async () => {
      ({ faces } = await client.result(await client.upload(photo)));
      return faces?.[0]?.age?.model;
    });
    assert.equal(faces?.[0]?.gender?.model.name, 'facedrop');
  });

  it('leaves its curves for TensorBoard, and its faces for the next one', async () => {
    const { Contents: logs = [] } = await target.s3.send(
      new ListObjectsV2Command({ Bucket: bucket, Prefix: `${FOLDER.trainings}${first.id}/logs/` }),
    );
    assert.ok(logs.some(({ Key = '' }) => /\/events\.out\.tfevents\./.test(Key)));
    const prepared = await target.s3.send(
      new ListObjectsV2Command({ Bucket: bucket, Prefix: `${FOLDER.prepared}people/` }),
    );
    assert.ok(prepared.Contents?.some(({ Key }) => Key?.endsWith('/prepared.json')));
  });

  it('that is killed continues, and ends with the very same weights; no other begins in the meantime', async () => {
    const whole = await watch(client, await start(LONG));
    assert.equal(whole.status, 'done', JSON.stringify(whole.failure));
    const id = await start(LONG);
    await watch(client, id, isTraining(300));
    assertProblem(await client.sendJson('POST', 'trainings', SMALL), 'training-runs');
    assert.equal(await killTrainers(running.stack.endpoint), 1);
    const killed = await watch(client, id);
    assert.equal(killed.status, 'done', JSON.stringify(killed.failure));
    assert.deepEqual(await fileOf(killed), await fileOf(whole));
  });

  it('is cancelled, and its task is free for the next one', async () => {
    const id = await start({ ...LONG, task: 'gender', steps: 100_000 });
    await watch(client, id, isTraining(10));
    assert.equal((await client.send('DELETE', `trainings/${id}`)).status, 202);
    const { status, cancelRequestedAt } = await watch(client, id);
    assert.equal(status, 'cancelled');
    assert.ok(cancelRequestedAt);
    assert.equal(await trainings.holder('gender'), undefined);
    // Once more changes nothing.
    assert.equal((await client.send('DELETE', `trainings/${id}`)).status, 202);
    assert.equal((await watch(client, id)).status, 'cancelled');
  });

  it('is cancelled while it is being prepared', async () => {
    await putFaces(client, 'others');
    const id = await start({ ...SMALL, data: 'others' });
    assert.equal((await client.send('DELETE', `trainings/${id}`)).status, 202);
    assert.equal((await watch(client, id)).status, 'cancelled');
    assert.equal(await trainings.holder('age'), undefined);
  });

  it('ends when its budget is used up', async () => {
    const id = await start({ ...LONG, task: 'gender', steps: 100_000, budget: { dollars: 0.0005 } });
    const { status, dollars, result } = await watch(client, id);
    assert.equal(status, 'over-budget');
    assert.ok(Number(dollars) < 0.02);
    assert.equal(result, undefined);
  });

  it('of a classical network goes the same way', async () => {
    const request = { task: 'age', data: 'people', network: 'lbp-hog-svr' };
    const training = await watch(client, await start(request));
    assert.equal(training.status, 'done', JSON.stringify(training.failure));
    const { name, files } = await registry.show('age', training.result?.version ?? '');
    assert.equal(name, 'lbp-hog-svr');
    assert.ok(files['model.onnx'] && !files['weights.bin'], 'it has no layers');
  });

  it('on bad data fails with a reason, and what is in service stays', async () => {
    const before = await registry.live('age');
    const put = (name: string, file: string, body: string) =>
      target.s3.send(
        new PutObjectCommand({ Bucket: bucket, Key: `${FOLDER.datasets}${name}/${file}`, Body: body }),
      );
    await put('columns', 'labels.csv', 'photo,years\na.jpg,3\n');
    await put('corrupt', 'labels.csv', 'file,age\na.jpg,3\nb.jpg,40\n');
    for (const name of ['a', 'b']) await put('corrupt', `${name}.jpg`, `no photo ${name}`);
    for (const [data, message] of [
      ['columns', /column/],
      ['corrupt', /Expected faces in data set corrupt but found none\..*cannot be read/s],
    ] as const) {
      const { status, failure } = await watch(client, await start({ ...SMALL, data }));
      assert.equal(status, 'failed');
      assert.equal(failure?.code, 'dataset');
      assert.match(failure?.message ?? '', message);
      assert.equal(await trainings.holder('age'), undefined);
    }
    assert.deepEqual(await registry.live('age'), before);
  });
});

describe('the HTTP API', () => {
  it('lists trainings, newest first', async () => {
    const answer = await client.send('GET', 'trainings?limit=2');
    const { trainings: listed } = trainingListSchema.parse(json(answer));
    assert.equal(listed.length, 2);
    assert.ok(String(listed[0]?.createdAt) > String(listed[1]?.createdAt));
  });

  it('trains only for who may train', async () => {
    const other = await Client.create({ admin: true }, running.stack);
    for (const answer of [
      await other.sendJson('POST', 'trainings', SMALL),
      await other.send('GET', 'trainings'),
      await other.send('DELETE', 'trainings/none'),
    ]) {
      assert.match(assertProblem(answer, 'not-allowed').detail, /npm run keys -- create NAME --trainings/);
    }
    assertProblem(await client.with(undefined).sendJson('POST', 'trainings', SMALL), 'missing-key');
  });

  it('says what is wrong with a request', async () => {
    const send = (request: object) => client.sendJson('POST', 'trainings', request);
    assertProblem(await send({ ...SMALL, data: 'nothing' }), 'no-such-data');
    const { detail } = assertProblem(await send({ ...SMALL, task: 'Mood!', stepz: 1 }), 'invalid-request');
    assert.match(detail, /Expected task to be .* but received "Mood!"\./);
    assert.match(detail, /Expected stepz to be left out/);
    const unsuited = assertProblem(
      await send({ ...SMALL, task: 'gender', network: 'lbp-hog-svr' }),
      'wrong-network',
    );
    assert.equal(
      unsuited.detail,
      'Expected network to be one that learns classes, such as transfer, but received "lbp-hog-svr".',
    );
    assertProblem(await client.send('GET', 'trainings/nobody'), 'not-found');
    assertProblem(await client.send('DELETE', 'trainings/nobody'), 'not-found');
  });
});
