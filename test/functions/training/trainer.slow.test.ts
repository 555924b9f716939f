import assert from 'node:assert/strict';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { Logger } from '@aws-lambda-powertools/logger';
import { PutObjectCommand } from '@aws-sdk/client-s3';
import { DeleteCommand } from '@aws-sdk/lib-dynamodb';
import { execa } from 'execa';
import { connectTo } from '../../../cli/target.ts';
import { PERMANENT_EXIT } from '../../../functions/training/shared/errors.ts';
import {
  createTrainingId,
  draftOf,
  startSchema,
  type Training,
} from '../../../functions/training/shared/training.ts';
import { Trainings } from '../../../functions/training/shared/trainings.ts';
import { Trainer } from '../../../functions/training/train/trainer.ts';
import { testStack } from '../../stack.ts';
import { writeSyntheticSet } from '../../training/synthetic-set.ts';
import '../../training/tensorflow.ts';

const { stack, dynamo, s3 } = connectTo(await testStack());
const bucket = stack.trainingBucket;
const trainings = new Trainings(dynamo, stack.trainingTable);
const PREPARED = 'prepared/drawings/0/';
const JOB = path.resolve(import.meta.dirname, '..', '..', '..', 'functions', 'training', 'train', 'job.ts');

let folder = '';
before(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'facedrop-trainer-'));
  const set = path.join(folder, 'set');
  await writeSyntheticSet(set, { faces: 16 });
  for (const name of await readdir(set)) {
    const Body = await readFile(path.join(set, name));
    await s3.send(new PutObjectCommand({ Bucket: bucket, Key: PREPARED + name, Body }));
  }
  await dynamo.send(
    new DeleteCommand({ TableName: stack.trainingTable, Key: { kind: 'lock', id: 'gender' } }),
  );
});
after(() => rm(folder, { recursive: true }));

async function begin(steps: number, prepared = PREPARED): Promise<Training> {
  const start = { task: 'gender', data: 'drawings', network: 'finetune', batch: 4, steps } as const;
  const id = createTrainingId('gender');
  const maximum = { minutes: 60, dollars: 1 };
  const draft = draftOf({ id, execution: '', start: startSchema.parse(start), maximum });
  return trainings.create({ ...draft, prepared: [prepared] });
}

describe('a trainer whose time is up', () => {
  let trainer: Trainer;
  before(() => {
    const logger = new Logger({ logLevel: 'SILENT' });
    trainer = new Trainer({
      trainings,
      s3,
      bucket,
      logger,
      permissive: false,
      directory: path.join(folder, 'work'),
    });
  });

  const train = (id: string, seconds: number) =>
    trainer.train(id, { deadline: new Date(Date.now() + seconds * 1000), dollarsPerSecond: 0.0001 });

  it('fails when it came no further than the time before, and says what helps', async () => {
    const { id } = await begin(100_000);
    assert.deepEqual(await train(id, 0), { status: 'continue' });
    await assert.rejects(train(id, 0), {
      name: 'StalledError',
      message: /it is stuck at its start: a step, a validation, .+ Train with a smaller batch/,
    });
    await trainings.conclude(id, { status: 'failed' });
  });

  it('goes on as long as it comes further', async () => {
    const { id } = await begin(100_000);
    assert.deepEqual(await train(id, 0), { status: 'continue' });
    const places = new Set<string | undefined>();
    for (let invocation = 1; invocation <= 2; invocation++) {
      assert.deepEqual(await train(id, 30), { status: 'continue' });
      places.add((await trainings.find(id)).reached);
    }
    assert.equal(places.size, 2);
    for (const place of places) assert.match(place ?? '', /^step \d+ of 100000$/);
    await assert.rejects(train(id, 0), { name: 'StalledError', message: /is stuck at step \d+ of 100000:/ });
    await trainings.conclude(id, { status: 'failed' });
  });
});

describe('a job of AWS Batch', () => {
  const run = ({ id }: Training) => {
    const { endpoint = '', region, credentials } = stack;
    const env = {
      AWS_ENDPOINT_URL: endpoint,
      AWS_REGION: region,
      AWS_ACCESS_KEY_ID: credentials?.accessKeyId ?? '',
      AWS_SECRET_ACCESS_KEY: credentials?.secretAccessKey ?? '',
      TRAINING_BUCKET: bucket,
      TRAINING_TABLE: stack.trainingTable,
      TRAINING_ID: id,
      DOLLARS_PER_HOUR: '1',
    };
    return execa(process.execPath, [JOB], { env, reject: false });
  };

  it('notes how the training ended, for the state machine to read', async () => {
    const training = await begin(2);
    const { exitCode, stderr } = await run(training);
    assert.equal(exitCode, 0, stderr);
    const { outcome, status } = await trainings.find(training.id);
    assert.deepEqual([outcome, status], ['finished', 'training']);
    await trainings.conclude(training.id, { status: 'done' });
  });

  it('says why the training failed, and that it is of no use to try again', async () => {
    const training = await begin(2, 'prepared/gone/0/');
    assert.equal((await run(training)).exitCode, PERMANENT_EXIT);
    const { status, failure } = await trainings.find(training.id);
    assert.equal(status, 'failed');
    assert.match(failure?.message ?? '', /gone/);
  });
});
