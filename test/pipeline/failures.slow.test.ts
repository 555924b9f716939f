import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { collectDeadLetters, type DeadLetter, release } from '../../cli/dead-letters.ts';
import { deleteMessages } from '../../cli/queue.ts';
import { maximumReceives } from '../../functions/shared/tries.ts';
import { runCommand } from '../cli/commands.ts';
import { samples } from '../fixtures/index.ts';
import { deployFailing, type Faults } from './faults.ts';
import { type Pipeline, resultOf } from './pipeline.ts';

/** Tries of a message before it is given up: as few as may be, as what kills its function is tried five times as often. */
const TRIES = 1;

let pipeline: Pipeline;
let faults: Faults;

before(async () => {
  ({ pipeline, faults } = await deployFailing('failures', TRIES));
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
    assert.match(item.failure.message, /^Gave up after one try: /);
    assert.match(item.failure.message, reason);
    assert.equal(pipeline.announcements.about(photo).length, 1, photo);
  }
  assert.deepEqual(await pipeline.chips(), []);

  const letters: DeadLetter[] = [];
  for await (const round of collectDeadLetters(pipeline.target)) letters.push(...round);
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
