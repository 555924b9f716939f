import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { eventually } from '../eventually.ts';
import { fixtures, samples } from '../fixtures/index.ts';
import { deployFailing, type Faults, TIMEOUT } from './faults.ts';
import type { Pipeline } from './pipeline.ts';

let pipeline: Pipeline;
let faults: Faults;

before(async () => {
  ({ pipeline, faults } = await deployFailing('batches', 2));
  // The functions have loaded their networks then, and take a batch as soon as it comes.
  await pipeline.drop('first.jpg', samples.hopper);
});
after(async () => {
  await pipeline.close();
  await faults.close();
});

test('photos of a batch neither fail nor wait because of another one', async () => {
  const good = ['batch/one.jpg', 'batch/two.jpg', 'batch/three.jpg'];
  await pipeline.controls.deliver('detect', false, 5);
  await faults.set('detect', {
    message: 'batch/stalled.jpg',
    request: 's3 GET',
    moment: 'before',
    action: 'stall',
  });
  await pipeline.put('batch/stalled.jpg', samples.hopper);
  await pipeline.put('batch/corrupt.jpg', await fixtures.truncatedJpeg());
  for (const key of good) await pipeline.put(key, samples.hopper);
  await deliverTogether(5);

  const items = await Promise.all(good.map((key) => pipeline.settled(key)));
  const corrupt = await pipeline.settled('batch/corrupt.jpg');
  const stalled = await pipeline.settled('batch/stalled.jpg');
  await pipeline.idle();
  assert.equal(corrupt.failure?.code, 'corrupt');
  assert.equal(stalled.status, 'done');
  const [together, alone] = await faults.invocations('detect', 'batch/stalled.jpg');
  assert.equal(together?.messages.length, 5);
  assert.deepEqual(
    alone?.messages.map(({ tries }) => tries),
    [2],
  );
  // Two seconds before its own end the function gave up the stalled one, and was done with the batch.
  const givenUp = Date.parse(stalled.startedAt) + (TIMEOUT - 2) * 1000;
  for (const { photo, completedAt = '' } of [...items, corrupt]) {
    const early = givenUp - Date.parse(completedAt);
    assert.ok(early > 0, `${photo} was done ${-early} ms too late`);
    assert.equal((await faults.invocations('detect', photo)).length, 1);
  }
  assert.ok(items.every(({ status }) => status === 'done'));
});

test('a photo that kills its function takes no other photo along', async () => {
  const good = ['killing/one.jpg', 'killing/two.jpg', 'killing/three.jpg', 'killing/four.jpg'];
  await pipeline.controls.deliver('detect', false, 5);
  const end = await faults.set('detect', {
    message: 'killing/killer.jpg',
    request: 's3 GET',
    moment: 'before',
    action: 'kill',
    tries: Number.MAX_SAFE_INTEGER,
  });
  await pipeline.put('killing/killer.jpg', samples.hopper);
  for (const key of good) await pipeline.put(key, samples.hopper);
  await deliverTogether(5);

  const killer = await pipeline.settled('killing/killer.jpg');
  const items = await Promise.all(good.map((key) => pipeline.settled(key)));
  await pipeline.idle();
  await end();
  assert.equal(killer.failure?.code, 'gave-up');
  assert.match(killer.failure.message, /^Gave up after 2 tries: .* ran out of time or memory/);
  const [together] = await faults.invocations('detect', 'killing/killer.jpg');
  assert.equal(together?.messages.length, 5);
  for (const { photo, status, tries, failure } of items) {
    assert.deepEqual([status, tries], ['done', undefined], `${photo}: ${failure?.message}`);
  }
});

/** Has detect receive as many photos in one batch, once S3 has told of all of them. */
async function deliverTogether(photos: number): Promise<void> {
  await eventually(async () => (await pipeline.count(pipeline.target.stack.uploadQueue)) === photos);
  await pipeline.controls.deliver('detect', true, photos);
}
