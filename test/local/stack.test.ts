import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { thisProcess } from '../../local/process.ts';
import { type LocalStack, readLocalStack, removeLocalStack, writeLocalStack } from '../../local/stack.ts';

describe('the file that describes a local stack', () => {
  let parent: string;
  let folder: string;
  let file: string;
  before(async () => {
    parent = await mkdtemp(path.join(tmpdir(), 'facedrop-stack-'));
    folder = path.join(parent, 'below');
    file = path.join(folder, 'stack.json');
  });
  after(() => rm(parent, { recursive: true }));

  it('is read as it was written, and holds nothing but the stack while it is there', async () => {
    await writeLocalStack(STACK, folder);
    assert.deepEqual(await readLocalStack(folder), STACK);
    assert.deepEqual(JSON.parse(await readFile(file, 'utf8')), STACK);
    assert.deepEqual(await readdir(folder), ['stack.json']);
  });

  it('is as good as absent when its process is gone', async () => {
    const { pid } = spawnSync(process.execPath, ['--version']);
    await writeLocalStack({ ...STACK, pid }, folder);
    assert.equal(await readLocalStack(folder), undefined);
  });

  it('is as good as absent when another process has its number', async () => {
    await writeLocalStack({ ...STACK, began: 'long ago' }, folder);
    assert.equal(await readLocalStack(folder), undefined);
    await writeLocalStack({ ...STACK, ...(await thisProcess()) }, folder);
    assert.equal((await readLocalStack(folder))?.pid, process.pid);
  });

  it('is as good as absent when it is damaged', async () => {
    for (const text of ['{"a":1', '{}', '{"pid":"1"}', '']) {
      await writeFile(file, text);
      assert.equal(await readLocalStack(folder), undefined);
    }
  });

  it('may be absent', async () => {
    await removeLocalStack(folder);
    await removeLocalStack(folder);
    assert.equal(await readLocalStack(folder), undefined);
  });

  it('is refused when its process runs, and it describes something else', async () => {
    await writeFile(file, JSON.stringify({ ...STACK, table: 7 }));
    await assert.rejects(readLocalStack(folder), /of another version\. End that stack(.|\n)*table/);
  });
});

const STACK: LocalStack = {
  stackName: 'facedrop',
  endpoint: 'http://127.0.0.1:4566',
  region: 'us-east-1',
  credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
  photoBucket: 'photos',
  chipBucket: 'chips',
  table: 'items',
  eventBus: 'bus',
  uploadQueue: 'http://127.0.0.1:4566/000000000000/upload',
  uploadDeadLetters: 'http://127.0.0.1:4566/000000000000/upload-dead',
  estimators: ['age', 'gender'].map((name) => ({
    name,
    queue: `http://127.0.0.1:4566/000000000000/${name}`,
    deadLetters: `http://127.0.0.1:4566/000000000000/${name}-dead`,
  })),
  attributes: ['age', 'gender'],
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
