import assert from 'node:assert/strict';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { Logger } from '@aws-lambda-powertools/logger';
import { PutObjectCommand } from '@aws-sdk/client-s3';
import { DeleteCommand } from '@aws-sdk/lib-dynamodb';
import { connectTo } from '../../cli/target.ts';
import { Trainer } from '../../functions/train/trainer.ts';
import { createTrainingId, draftOf, startSchema, type Training } from '../../functions/trainings/training.ts';
import { Trainings } from '../../functions/trainings/trainings.ts';
import { testStack } from '../stack.ts';
import { writeSyntheticSet } from './synthetic-set.ts';
import './tensorflow.ts';

const { stack, dynamo, s3 } = connectTo(await testStack());
const bucket = stack.trainingBucket;
const trainings = new Trainings(dynamo, stack.trainingTable);
const PREPARED = 'prepared/drawings/0/';

describe('a trainer whose time is up', () => {
  let folder = '';
  let trainer: Trainer;
  before(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'facedrop-trainer-'));
    const set = path.join(folder, 'set');
    await writeSyntheticSet(set, { faces: 16 });
    for (const name of await readdir(set)) {
      const Body = await readFile(path.join(set, name));
      await s3.send(new PutObjectCommand({ Bucket: bucket, Key: PREPARED + name, Body }));
    }
    const logger = new Logger({ logLevel: 'SILENT' });
    trainer = new Trainer({
      trainings,
      s3,
      bucket,
      logger,
      permissive: false,
      directory: path.join(folder, 'work'),
    });
    await dynamo.send(
      new DeleteCommand({ TableName: stack.trainingTable, Key: { kind: 'lock', id: 'gender' } }),
    );
  });
  after(() => rm(folder, { recursive: true }));

  const begin = async (): Promise<Training> => {
    const start = {
      task: 'gender',
      data: 'drawings',
      network: 'finetune',
      batch: 4,
      steps: 100_000,
    } as const;
    const id = createTrainingId('gender');
    const maximum = { minutes: 60, dollars: 1 };
    const draft = draftOf({ id, execution: '', start: startSchema.parse(start), maximum });
    return trainings.create({ ...draft, prepared: [PREPARED] });
  };
  const train = (id: string, seconds: number) =>
    trainer.train(id, { deadline: new Date(Date.now() + seconds * 1000), dollarsPerSecond: 0.0001 });

  it('fails when it came no further than the time before, and says what helps', async () => {
    const { id } = await begin();
    assert.deepEqual(await train(id, 0), { status: 'continue' });
    await assert.rejects(train(id, 0), {
      name: 'StalledError',
      message: /it stays at its start: a step, a validation, .+ Train with a smaller batch/,
    });
    await trainings.conclude(id, { status: 'failed' });
  });

  it('goes on as long as it comes further', async () => {
    const { id } = await begin();
    assert.deepEqual(await train(id, 0), { status: 'continue' });
    const places = new Set<string | undefined>();
    for (let invocation = 1; invocation <= 2; invocation++) {
      assert.deepEqual(await train(id, 20), { status: 'continue' });
      places.add((await trainings.find(id)).reached);
    }
    assert.equal(places.size, 2);
    for (const place of places) assert.match(place ?? '', /^step \d+ of 100000$/);
    await assert.rejects(train(id, 0), { name: 'StalledError', message: /stays at step \d+ of 100000:/ });
    await trainings.conclude(id, { status: 'failed' });
  });
});
