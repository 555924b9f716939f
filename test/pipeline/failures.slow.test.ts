import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { collectDeadLetters, release } from '../../cli/dead-letters.ts';
import { deleteMessages } from '../../cli/queue.ts';
import type { Photo } from '../../functions/shared/item.ts';
import { maximumReceives } from '../../functions/shared/tries.ts';
import { runCommand } from '../cli/commands.ts';
import { fixtures, samples } from '../fixtures/index.ts';
import { Faults } from './faults.ts';
import { Pipeline, resultOf } from './pipeline.ts';

/** Tries of a message before it is given up. */
const TRIES = 2;
/** Timeout of the functions, in seconds: more than they take while other tests keep the machine busy. */
const TIMEOUT = 16;

let pipeline: Pipeline;
let faults: Faults;

before(async () => {
  pipeline = await Pipeline.deploy('failures', {
    timeout: TIMEOUT,
    maximumTries: TRIES,
    batchSize: 1,
    maximumConcurrency: 2,
  });
  // As soon as may be: nobody is at work on a message then whose time is not over.
  await pipeline.controls.retryAfter(TIMEOUT + 1);
  faults = await Faults.install(pipeline);
});
after(async () => {
  await pipeline.close();
  await faults.close();
});

test('a photo that fails on every try is given up, and redriven when the cause is gone', async () => {
  const cases = [
    ['detect', 'kill', /ran out of time or memory/],
    ['age', 'kill', /ran out of time or memory/],
    ['gender', 'freeze', /ran out of time or memory/],
    ['detect', 'stall', /ran out of time/],
  ] as const;
  const poison = ['not JSON', '{"Records":"none"}'];
  for (const body of poison) await pipeline.send(pipeline.target.stack.uploadQueue, body);
  const given = await Promise.all(
    cases.map(async ([stage, action, reason]) => {
      const photo = `given-up/${stage}-${action}.jpg`;
      // At the very first request, before which nothing is written anywhere.
      const end = await faults.set(stage, {
        message: photo,
        request: 1,
        moment: 'before',
        action,
        tries: maximumReceives(TRIES) - 1,
      });
      const item = await pipeline.drop(photo, samples.hopper);
      return { photo, reason, item, end };
    }),
  );
  await pipeline.idle();
  for (const { photo, reason, item } of given) {
    assert.equal(item.status, 'failed', photo);
    assert.equal(item.failure?.code, 'gave-up');
    assert.match(item.failure.message, /^Gave up after 2 tries: /);
    assert.match(item.failure.message, reason);
    assert.equal(pipeline.announcements.about(photo).length, 1, photo);
  }
  assert.deepEqual(await pipeline.chips(), []);

  const letters = await collectDeadLetters(pipeline.target);
  const ours = letters.filter(({ events }) => events.length > 0);
  const others = letters.filter(({ events }) => events.length === 0);
  assert.deepEqual(others.map(({ body }) => body).sort(), poison.sort());
  assert.deepEqual(ours.map(({ stage }) => stage).sort(), cases.map(([stage]) => stage).sort());
  const { sqs, stack } = pipeline.target;
  await deleteMessages(
    sqs,
    stack.uploadDeadLetters,
    others.map(({ receipt }) => receipt),
  );
  await release(pipeline.target, ours);

  const healthy = await pipeline.drop('given-up/healthy.jpg', samples.hopper);
  assert.equal(healthy.status, 'done');
  await Promise.all(given.map(({ end }) => end()));
  const { exitCode, stdout, stderr } = await runCommand('redrive', ['--json'], { env: pipeline.env });
  assert.equal(exitCode, 0, stderr);
  assert.equal(stdout.trim().split('\n').length, cases.length);
  await pipeline.idle();
  assert.equal(await pipeline.deadLetters(), 0);
  for (const { photo, item } of given) {
    const redriven = await pipeline.item(photo);
    assert.deepEqual(resultOf(redriven), resultOf(healthy));
    assert.equal(redriven?.analysis, item.analysis);
    assert.deepEqual(
      pipeline.announcements.about(photo).map((announcement) => announcement['detail-type']),
      ['Photo failed', 'Photo analysed'],
    );
  }
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
  await pipeline.controls.deliver('detect', true, 5);

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
  for (const item of [...items, corrupt]) {
    // Before the function, which waited for the stalled one, was done with the batch.
    assert.ok(secondsOf(item) < TIMEOUT / 2, `${item.photo} took ${secondsOf(item)} s`);
    assert.equal((await faults.invocations('detect', item.photo)).length, 1);
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
  await pipeline.controls.deliver('detect', true, 5);

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

/** From the beginning of the analysis to its end. */
const secondsOf = ({ startedAt, completedAt }: Photo) =>
  (Date.parse(completedAt ?? '') - Date.parse(startedAt)) / 1000;
