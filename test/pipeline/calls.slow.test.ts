import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { DeleteObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { type FacesFound, facesFoundSchema } from '../../functions/shared/message.ts';
import { estimatorOf } from '../estimators.ts';
import { fixtures, samples } from '../fixtures/index.ts';
import { Faults } from './faults.ts';
import { Pipeline } from './pipeline.ts';

/** What is asked of AWS for a photo: each call costs time and money. */

let pipeline: Pipeline;
let faults: Faults;

before(async () => {
  // One photo an invocation: nobody else's calls are counted.
  pipeline = await Pipeline.deploy('calls', { batchSize: 1, maximumConcurrency: 2 });
  faults = await Faults.install(pipeline);
});
after(async () => {
  await pipeline.close();
  await faults.close();
});

/** The only run of a function for a photo. */
async function runOf(stage: 'detect' | 'age' | 'gender', photo: string) {
  const runs = await faults.invocations(stage, photo);
  assert.equal(runs.length, 1, stage);
  return { requests: runs[0]?.requests ?? [], body: runs[0]?.messages[0]?.body ?? '' };
}

/** The item is opened, the photo is read, and what was found is written. */
const DETECTING = ['dynamodb UpdateItem', 's3 GET', 'dynamodb UpdateItem'];
const ORDERS = ['sqs SendMessage', 'sqs SendMessage'];
/** By detect, or by both who estimate. */
const ANNOUNCING = ['events PutEvents', 'dynamodb UpdateItem'];
/** Both parts, and one that was mistaken for not being the last. */
const MERGING = Array.from({ length: 3 }, () => 'dynamodb UpdateItem');

test('chips of a few faces travel in the message', async () => {
  const photo = 'one-face.jpg';
  await pipeline.drop(photo, samples.hopper);
  const [detect, age, gender] = await Promise.all([
    runOf('detect', photo),
    runOf('age', photo),
    runOf('gender', photo),
  ]);
  assert.deepEqual(detect.requests, [...DETECTING, ...ORDERS]);
  assert.deepEqual([...age.requests, ...gender.requests].sort(), [...MERGING, ...ANNOUNCING].sort());
  const { chips } = facesFoundSchema.parse(JSON.parse(age.body));
  assert.equal(chips?.pictures.length, 1);
  // SQS bills each begun 64 KB.
  assert.ok(age.body.length < 64 * 1024, `${age.body.length} bytes`);
});

test('chips of a crowd go by the bucket', async () => {
  const photo = 'group.jpg';
  const { faces } = await pipeline.drop(photo, await fixtures.group());
  assert.ok(faces?.every(({ age, gender }) => age && gender));
  const [detect, age, gender] = await Promise.all([
    runOf('detect', photo),
    runOf('age', photo),
    runOf('gender', photo),
  ]);
  assert.deepEqual(detect.requests, [...DETECTING, 's3 PUT', ...ORDERS]);
  assert.deepEqual(
    [...age.requests, ...gender.requests].sort(),
    ['s3 GET', 's3 GET', 's3 DELETE', ...MERGING, ...ANNOUNCING].sort(),
  );
  assert.equal(facesFoundSchema.parse(JSON.parse(age.body)).chips, undefined);
  assert.deepEqual(await pipeline.chips(), []);
});

test('who gets what others are to estimate leaves them the chips', async () => {
  const { s3, stack } = pipeline.target;
  const analysis = 'of-others';
  await s3.send(
    new PutObjectCommand({
      ...{ Bucket: stack.chipBucket, Key: analysis, Body: new Uint8Array(16 * 16 * 3) },
      Metadata: { specs: '[{"side":16,"extent":1}]' },
    }),
  );
  const message: FacesFound = { photo: 'others.jpg', analysis, outstanding: ['gender'], event: '{}' };
  await pipeline.send(estimatorOf(stack, 'age').queue, JSON.stringify(message));
  await pipeline.idle();
  assert.deepEqual(await pipeline.chips(), [analysis]);
  await s3.send(new DeleteObjectCommand({ Bucket: stack.chipBucket, Key: analysis }));
});

test('a photo without a face, or that is none, ends where it begins', async () => {
  for (const [photo, file] of [
    ['no-face.jpg', samples.coffee],
    ['broken.jpg', await fixtures.truncatedJpeg()],
  ] as const) {
    await pipeline.drop(photo, file);
    assert.deepEqual((await runOf('detect', photo)).requests, [...DETECTING, ...ANNOUNCING]);
    for (const stage of ['age', 'gender'] as const) {
      assert.deepEqual(await faults.invocations(stage, photo), []);
    }
  }
});

test('what is not wanted costs nothing', async () => {
  const age = await pipeline.drop('age.jpg', samples.hopper, { wanted: 'age, quality' });
  assert.deepEqual(age.wanted, ['age', 'quality']);
  assert.ok(age.faces?.[0]?.age && age.faces[0].quality && !age.faces[0].gender);
  const [detect, estimate] = [await runOf('detect', 'age.jpg'), await runOf('age', 'age.jpg')];
  assert.deepEqual(detect.requests, [...DETECTING, 'sqs SendMessage']);
  assert.deepEqual(estimate.requests, ['dynamodb UpdateItem', ...ANNOUNCING]);
  assert.deepEqual(await faults.invocations('gender', 'age.jpg'), []);

  const quality = await pipeline.drop('quality.jpg', samples.hopper, { wanted: 'quality' });
  assert.deepEqual(Object.keys(quality.faces?.[0] ?? {}).sort(), [
    'box',
    'confidence',
    'landmarks',
    'quality',
  ]);
  assert.deepEqual((await runOf('detect', 'quality.jpg')).requests, [...DETECTING, ...ANNOUNCING]);
  for (const stage of ['age', 'gender'] as const) {
    assert.deepEqual(await faults.invocations(stage, 'quality.jpg'), [], stage);
  }

  const plain = await pipeline.drop('gender.jpg', samples.hopper, { wanted: 'gender' });
  assert.ok(plain.faces?.[0]?.gender && !plain.faces[0].age && !plain.faces[0].quality);
  // Whoever puts it there again without the list wants all.
  const etag = await pipeline.put('gender.jpg', samples.oath);
  const again = await pipeline.until('gender.jpg', (item) => item?.etag === etag && item.status === 'done');
  assert.equal(again?.wanted, undefined);
  assert.ok(again?.faces?.[0]?.gender && again.faces[0].age);
});

test('who wants what is off learns how to turn it on', async () => {
  const failureOf = async (key: string, wanted: string) =>
    (await pipeline.drop(key, samples.hopper, { wanted })).failure;
  assert.deepEqual(await failureOf('off.jpg', 'age,expression'), {
    code: 'unknown-attribute',
    message:
      'Expected attributes to be any of age, gender, quality but received "expression". ' +
      'A deployment turns it on with -c attributes=age,gender,expression.',
  });
  assert.match(
    (await failureOf('own.jpg', 'glasses'))?.message ?? '',
    /received "glasses"\. An attribute of your own has to be trained first: npm run train -- --task glasses/,
  );
  assert.match(
    (await failureOf('none.jpg', ''))?.message ?? '',
    /received ""\. Separate the names with commas\.$/,
  );
});
