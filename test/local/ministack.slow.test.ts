import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { after, before, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { S3 } from '@aws-sdk/client-s3';
import { SQS } from '@aws-sdk/client-sqs';
import { execaNode } from 'execa';
import { type MiniStack, startMiniStack } from '../../local/ministack.ts';
import { pythonEnvironment } from '../../local/python.ts';

const LOCAL = path.resolve(import.meta.dirname, '../../local');

describe('MiniStack', () => {
  let python: string;
  let parent: string;
  before(async () => {
    python = await pythonEnvironment('ministack', path.join(LOCAL, 'requirements.txt'));
    parent = await mkdtemp(path.join(tmpdir(), 'facedrop-ministack-'));
  });
  after(() => rm(parent, { recursive: true }));

  const folder = (name: string) => path.join(parent, name);
  const s3 = ({ aws }: MiniStack) => new S3({ ...aws, forcePathStyle: true });

  it('keeps its port, its credentials and what it holds from one start to the next', async () => {
    const first = await startMiniStack({ python, folder: folder('kept') });
    await s3(first).createBucket({ Bucket: 'bucket' });
    await s3(first).putObject({ Bucket: 'bucket', Key: 'key', Body: 'value' });
    await first.stop();
    await assert.rejects(fetch(first.aws.endpoint));

    const second = await startMiniStack({ python, folder: folder('kept') });
    const { Body } = await s3(second).getObject({ Bucket: 'bucket', Key: 'key' });
    await second.stop();
    assert.deepEqual(second.aws, first.aws);
    assert.equal(await Body?.transformToString(), 'value');
  });

  it('has random credentials, which are for its user alone, and a random port', async () => {
    const [one, other] = await Promise.all([
      startMiniStack({ python, folder: folder('one') }),
      startMiniStack({ python, folder: folder('other') }),
    ]);
    await Promise.all([one.stop(), other.stop()]);
    const { credentials, endpoint } = one.aws;
    assert.notEqual(credentials.accessKeyId, other.aws.credentials.accessKeyId);
    assert.notEqual(credentials.secretAccessKey, other.aws.credentials.secretAccessKey);
    assert.notEqual(endpoint, other.aws.endpoint);
    assert.equal((await stat(folder('one'))).mode & 0o777, 0o700);
    assert.equal((await stat(path.join(folder('one'), 'access.json'))).mode & 0o777, 0o600);
  });

  it('moves to another port with its queues when its own is taken', async () => {
    const first = await startMiniStack({ python, folder: folder('moved') });
    const { QueueUrl: queue = '' } = await new SQS(first.aws).createQueue({ QueueName: 'queue' });
    await new SQS(first.aws).sendMessage({ QueueUrl: queue, MessageBody: 'message' });
    await first.stop();

    const other = createServer().listen(Number(new URL(first.aws.endpoint).port), '127.0.0.1');
    await once(other, 'listening');
    const second = await startMiniStack({ python, folder: folder('moved') });
    const { QueueUrl = '' } = await new SQS(second.aws).getQueueUrl({ QueueName: 'queue' });
    const { Messages } = await new SQS(second.aws).receiveMessage({ QueueUrl });
    await second.stop();
    other.close();
    assert.notEqual(second.aws.endpoint, first.aws.endpoint);
    assert.deepEqual(
      Messages?.map(({ Body }) => Body),
      ['message'],
    );
  });

  it('shows its log when it does not come up', async () => {
    await assert.rejects(startMiniStack({ python: 'python3', folder: folder('absent') }), {
      message: /^Expected MiniStack to answer .*ModuleNotFoundError: No module named 'ministack'/s,
    });
  });

  it('ends when the process that started it is killed', async () => {
    const program = path.join(parent, 'program.ts');
    await writeFile(
      program,
      `import { startMiniStack } from ${JSON.stringify(path.join(LOCAL, 'ministack.ts'))};
      const { aws } = await startMiniStack(${JSON.stringify({ python, folder: folder('orphan') })});
      console.log(aws.endpoint);`,
    );
    const running = execaNode(program, { reject: false });
    const [endpoint] = await once(createInterface(running.stdout), 'line');
    assert.ok((await fetch(`${endpoint}/_ministack/ready`)).ok);
    running.kill('SIGKILL');
    await running;
    while (await answers(endpoint)) await sleep(50);
    assert.match(await readFile(path.join(folder('orphan'), 'ministack.log'), 'utf8'), /shutting down/);
  });
});

const answers = (endpoint: string): Promise<boolean> =>
  fetch(`${endpoint}/_ministack/ready`).then(
    () => true,
    () => false,
  );
