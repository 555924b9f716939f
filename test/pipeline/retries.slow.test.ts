import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { PutObjectCommand } from '@aws-sdk/client-s3';
import { ReceiveMessageCommand } from '@aws-sdk/client-sqs';
import { createNotification } from '../../functions/shared/notification.ts';
import { estimatorOf } from '../estimators.ts';
import { eventually } from '../eventually.ts';
import { samples } from '../fixtures/index.ts';
import { Faults } from './faults.ts';
import { Pipeline } from './pipeline.ts';

/** Tries of a message before it is given up. */
const TRIES = 2;

let pipeline: Pipeline;
let faults: Faults;

before(async () => {
  pipeline = await Pipeline.deploy('retries', {
    timeout: 30,
    maximumTries: TRIES,
    batchSize: 1,
    maximumConcurrency: 2,
  });
  // Longer than a test waits: what comes back sooner was sent back.
  await pipeline.controls.retryAfter(3600);
  faults = await Faults.install(pipeline);
});
after(async () => {
  await pipeline.close();
  await faults.close();
});

const receives = async (photo: string) => (await faults.invocations('detect', photo)).length;

test('an error that passes is retried within seconds, as often as it takes, and does not count as a try', async () => {
  const photo = 'retried/passing.jpg';
  // Nobody listens there.
  await pipeline.controls.configure('detect', { AWS_ENDPOINT_URL_S3: 'http://127.0.0.1:1' });
  await pipeline.put(photo, samples.hopper);
  // To configure a function ends its process, and the message that it works on would come back late: it is to have sent
  // it back, for longer than the moment that it takes to answer.
  await eventually(async () => {
    const runs = await faults.invocations('detect', photo);
    return runs.length > TRIES && runs.at(-1)?.requests.at(-1) === 'sqs ChangeMessageVisibility';
  });
  await sleep(3000);
  const item = await pipeline.item(photo);
  assert.equal(item?.status, 'pending');
  assert.ok((item.tries?.detect ?? 0) < TRIES);
  const { endpoint = '' } = pipeline.target.stack;
  await pipeline.controls.configure('detect', { AWS_ENDPOINT_URL_S3: endpoint });
  assert.equal((await pipeline.settled(photo)).status, 'done');
});

test('what does not pass is tried again within seconds, and lies in the dead-letter queue soon after the last try', async () => {
  const photo = 'retried/failing.jpg';
  const [age, gender] = ['age', 'gender'].map((name) => estimatorOf(pipeline.target.stack, name).queue);
  await pipeline.controls.configure('detect', { ESTIMATE_QUEUES: `age=${age}-none gender=${gender}` });
  const item = await pipeline.drop(photo, samples.hopper);
  assert.equal(item.status, 'failed');
  assert.match(item.failure?.message ?? '', /^Gave up after 2 tries: /);
  await eventually(async () => (await pipeline.deadLetters()) === 1);
  await pipeline.controls.configure('detect', { ESTIMATE_QUEUES: `age=${age} gender=${gender}` });
});

test('a message that comes again and again when its photo is done is no dead letter', async () => {
  const { sqs, stack } = pipeline.target;
  const key = 'retried/done.jpg';
  const etag = await pipeline.put(key, samples.hopper);
  await pipeline.settled(key);
  const event = createNotification(stack, { key, size: 1, etag, lastModified: new Date() }, 'once');
  await pipeline.send(stack.uploadQueue, event);
  await pipeline.announcements.next(key, 2);
  await pipeline.idle();
  const dead = await pipeline.deadLetters();
  await pipeline.controls.deliver('detect', false, 1);
  await pipeline.send(stack.uploadQueue, event);
  // As if what received it had died each time.
  for (let received = 0; received < TRIES + 1; ) {
    const { Messages = [] } = await sqs.send(
      new ReceiveMessageCommand({ QueueUrl: stack.uploadQueue, VisibilityTimeout: 0, WaitTimeSeconds: 1 }),
    );
    received += Messages.length;
  }
  await pipeline.controls.deliver('detect', true, 1);
  await pipeline.idle();
  assert.equal(await pipeline.deadLetters(), dead);
  assert.equal(pipeline.announcements.about(key).length, 2);
});

test('what S3 will never hand out fails at once, and says what to do', async () => {
  const { s3, stack } = pipeline.target;
  const Body = await readFile(samples.hopper);
  const customerKey = {
    SSECustomerAlgorithm: 'AES256',
    SSECustomerKey: Buffer.alloc(32, 7).toString('base64'),
  };
  for (const [name, how, what] of [
    ['archived', { StorageClass: 'GLACIER' }, /archive storage class of S3\. Restore it/],
    ['customer-key', customerKey, /key of yours \(SSE-C\)\. Upload it without/],
  ] as const) {
    const photo = `refused/${name}.jpg`;
    await s3.send(new PutObjectCommand({ Bucket: stack.photoBucket, Key: photo, Body, ...how }));
    const { status, failure } = await pipeline.settled(photo);
    assert.deepEqual([status, failure?.code], ['failed', 'unreadable'], photo);
    assert.match(failure?.message ?? '', what);
    assert.equal(await receives(photo), 1);
  }
});
