import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { type LocalStack, readLocalStack, removeLocalStack, writeLocalStack } from '../../local/stack.ts';

describe('the file that describes a local stack', () => {
  let folder: string;
  let file: string;
  before(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'facedrop-stack-'));
    file = path.join(folder, 'below', 'stack.json');
  });
  after(() => rm(folder, { recursive: true }));

  it('is read as it was written, and holds nothing but the stack while it is there', async () => {
    await writeLocalStack(STACK, file);
    assert.deepEqual(await readLocalStack(file), STACK);
    assert.deepEqual(JSON.parse(await readFile(file, 'utf8')), STACK);
    assert.deepEqual(await readdir(path.dirname(file)), ['stack.json']);
  });

  it('is as good as absent when its process is gone', async () => {
    const { pid } = spawnSync(process.execPath, ['--version']);
    await writeLocalStack({ ...STACK, pid }, file);
    assert.equal(await readLocalStack(file), undefined);
  });

  it('may be absent', async () => {
    await removeLocalStack(file);
    await removeLocalStack(file);
    assert.equal(await readLocalStack(file), undefined);
  });

  it('is refused when it describes something else', async () => {
    await writeFile(file, JSON.stringify({ ...STACK, table: 7 }));
    await assert.rejects(readLocalStack(file), /table/);
  });
});

const STACK: LocalStack = {
  stackName: 'facedrop',
  endpoint: 'http://127.0.0.1:4566',
  region: 'us-east-1',
  credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
  photoBucket: 'photos',
  cropBucket: 'crops',
  table: 'items',
  eventBus: 'bus',
  topicArn: 'arn:aws:sns:us-east-1:000000000000:faces',
  uploadQueue: 'http://127.0.0.1:4566/000000000000/upload',
  ageQueue: 'http://127.0.0.1:4566/000000000000/age',
  genderQueue: 'http://127.0.0.1:4566/000000000000/gender',
  uploadDeadLetters: 'http://127.0.0.1:4566/000000000000/upload-dead',
  ageDeadLetters: 'http://127.0.0.1:4566/000000000000/age-dead',
  genderDeadLetters: 'http://127.0.0.1:4566/000000000000/gender-dead',
  apiUrl: 'http://127.0.0.1:4566/_aws/execute-api/0123abcd/',
  keyTable: 'keys',
  labelBucket: 'labels',
  trainingBucket: 'training',
  trainingTable: 'trainings',
  maximumTrainingMinutes: 1440,
  maximumTrainingDollars: 20,
  apiKey: 'fd_key',
  pid: process.pid,
};
