import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import pLimit from 'p-limit';
import { backfill, backfillHeldUp } from './order/backfill.ts';
import { deletion, deletionHeldUp } from './order/deletion.ts';
import { forms } from './order/forms.ts';
import { overwriting, overwritingHeldUp } from './order/overwriting.ts';
import { repetition } from './order/repetition.ts';
import { type Cases, Script } from './order/script.ts';
import { Pipeline } from './pipeline.ts';

let pipeline: Pipeline;
let script: Script;

before(async () => {
  // One photo an invocation: whoever is held up holds up nobody else.
  pipeline = await Pipeline.deploy('order', {
    timeout: 60,
    maximumTries: 8,
    batchSize: 1,
    maximumConcurrency: 4,
  });
  await pipeline.controls.retryAfter(62);
  script = await Script.begin(pipeline);
});
after(async () => {
  await pipeline.close();
  await script.faults.close();
});

test('the result is the same in whatever order, and how often, messages come', async (t) => {
  const { uploadQueue } = pipeline.target.stack;
  await pipeline.send(uploadQueue, JSON.stringify({ Service: 'Amazon S3', Event: 's3:TestEvent' }));
  const play = ([name, act]: [string, Cases[string]]) => act(script, `${name.replaceAll(/\W+/g, '-')}.jpg`);

  const cases = Object.entries({ ...repetition, ...overwriting, ...deletion, ...backfill, ...forms });
  const played = cases.map(play);
  await Promise.allSettled(played);
  // Few at a time: the others need functions that are free.
  const limit = pLimit(2);
  const heldUp = Object.entries({ ...overwritingHeldUp, ...deletionHeldUp, ...backfillHeldUp });
  played.push(...heldUp.map((one) => limit(() => play(one))));
  await Promise.allSettled(played);

  await pipeline.idle();
  for (const [index, [name]] of [...cases, ...heldUp].entries()) {
    await t.test(name, async () => {
      const check = await played[index];
      await check?.();
    });
  }
  await t.test('nothing is left behind', async () => {
    assert.deepEqual(await pipeline.chips(), []);
    assert.equal(await pipeline.deadLetters(), 0);
  });
});
