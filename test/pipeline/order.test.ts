import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import pLimit from 'p-limit';
import { createNotification } from '../../cli/notification.ts';
import { samples } from '../fixtures/index.ts';
import { Faults } from './faults.ts';
import type { Mailbox } from './mailbox.ts';
import { eventually, Pipeline, type StageName } from './pipeline.ts';

let pipeline: Pipeline;
let faults: Faults;
/** What S3 tells of the photos: nobody else learns of it. */
let events: Mailbox<string>;
/** What detect tells of the photos: age and gender learn of those at once that are not held. */
let faces: Mailbox<string>;
const held = new Set<string>();

before(async () => {
  // One photo an invocation: whoever is held up holds up nobody else.
  pipeline = await Pipeline.deploy('order', { timeout: 20, batchSize: 1, maximumConcurrency: 4 });
  await pipeline.retry({ tries: 8, seconds: 22 });
  faults = await Faults.install(pipeline);
  events = await pipeline.divertNotifications();
  faces = await pipeline.divertFaces((photo) => held.has(photo));
});
after(async () => {
  await pipeline.close();
  await faults.close();
});

/** A face that is older than the other one. */
const OLD = samples.hopper;
const YOUNG = samples.astronaut;

/** Passes on what S3 told of a key first, second … */
async function deliver(key: string, ...nths: number[]): Promise<void> {
  for (const nth of nths) {
    await pipeline.send(pipeline.target.stack.uploadQueue, await events.next(key, nth));
  }
}

/** The part of an event's message that no other one has. */
async function sequencerOf(key: string, nth: number): Promise<string> {
  const [event] = /"sequencer": *"\w+"/.exec(await events.next(key, nth)) ?? [];
  assert.ok(event);
  return event;
}

async function backfill(key: string, etag: string, run = 'run'): Promise<void> {
  const { stack } = pipeline.target;
  await pipeline.send(stack.uploadQueue, createNotification(stack, { key, size: 1, etag }, run));
}

async function estimate(message: string, stages: readonly ('age' | 'gender')[] = ['age', 'gender']) {
  const { ageQueue, genderQueue } = pipeline.target.stack;
  await Promise.all(stages.map((stage) => pipeline.send(stage === 'age' ? ageQueue : genderQueue, message)));
}

/** Stops a function before a request that it makes for a message; returns when it stands there. */
async function hold(stage: StageName, message: string, request: number, start: () => Promise<void>) {
  const release = await faults.set(stage, { message, request, moment: 'before', action: 'hold' });
  await start();
  await eventually(async () =>
    (await faults.invocations(stage, message)).some(({ requests }) => requests.length === request),
  );
  return release;
}

/** That a photo has the result of one version, and was announced once for each analysis. */
async function assertResult(key: string, etag: string, show: string, announcements = 1): Promise<void> {
  const item = await pipeline.item(key);
  assert.equal(item?.status, 'done');
  assert.equal(item.etag, etag);
  assert.equal(item.faces?.length, 1);
  const years = item.faces[0]?.age?.years ?? Number.NaN;
  assert.ok(show === OLD ? years > 60 : years < 60, `${years} years`);
  assert.ok(item.faces[0]?.gender);
  const announced = pipeline.announcements.about(key).map(({ detail }) => detail.analysis);
  assert.equal(announced.length, announcements);
  assert.equal(new Set(announced).size, announcements);
  assert.equal(announced.at(-1), item.analysis);
}

async function assertNothing(key: string): Promise<void> {
  assert.equal(await pipeline.item(key), undefined);
  assert.deepEqual(pipeline.announcements.about(key), []);
}

/** What happens to a key; then what must hold when all is quiet. */
type Case = (key: string) => Promise<() => Promise<void>>;

const cases: Record<string, Case> = {
  'an event that comes several times at once': async (key) => {
    const etag = await pipeline.put(key, OLD);
    await Promise.all([deliver(key, 1), deliver(key, 1), deliver(key, 1), deliver(key, 1)]);
    return () => assertResult(key, etag, OLD);
  },

  'an event that comes again when all is done': async (key) => {
    const etag = await pipeline.put(key, OLD);
    await deliver(key, 1);
    const item = await pipeline.settled(key);
    await deliver(key, 1, 1);
    return async () => {
      await assertResult(key, etag, OLD);
      assert.deepEqual(await pipeline.item(key), item);
    };
  },

  'faces that are passed on several times': async (key) => {
    held.add(key);
    const etag = await pipeline.put(key, OLD);
    await deliver(key, 1);
    const message = await faces.next(key);
    await Promise.all([estimate(message), estimate(message), estimate(message)]);
    await pipeline.settled(key);
    await estimate(message);
    return () => assertResult(key, etag, OLD);
  },

  'an older event after a newer one': async (key) => {
    await pipeline.put(key, YOUNG);
    const etag = await pipeline.put(key, OLD);
    await deliver(key, 2);
    await pipeline.settled(key);
    await deliver(key, 1);
    return () => assertResult(key, etag, OLD);
  },

  'events of two versions when the older one is gone': async (key) => {
    await pipeline.put(key, YOUNG);
    const etag = await pipeline.put(key, OLD);
    await deliver(key, 1, 2);
    return () => assertResult(key, etag, OLD);
  },

  'overwritten when detect has looked at the older version': async (key) => {
    held.add(key);
    await pipeline.put(key, YOUNG);
    await deliver(key, 1);
    const older = await faces.next(key);
    const etag = await pipeline.put(key, OLD);
    await deliver(key, 2);
    await estimate(await faces.next(key, 2));
    await pipeline.settled(key);
    await estimate(older);
    return () => assertResult(key, etag, OLD);
  },

  'overwritten when age is estimated and gender is not': async (key) => {
    held.add(key);
    await pipeline.put(key, YOUNG);
    await deliver(key, 1);
    const older = await faces.next(key);
    await estimate(older, ['age']);
    await pipeline.until(key, (item) => item?.faces?.[0]?.age !== undefined);
    const etag = await pipeline.put(key, OLD);
    await deliver(key, 2);
    const newer = await faces.next(key, 2);
    await estimate(older, ['gender']);
    await estimate(newer);
    return () => assertResult(key, etag, OLD);
  },

  'a newer event with a longer sequencer': async (key) => {
    const etag = await overwriteWith(key, '00A1', '00A10F');
    return () => assertResult(key, etag, OLD);
  },

  'a newer event with a shorter sequencer': async (key) => {
    const etag = await overwriteWith(key, '00AFFFFF', '00B');
    return () => assertResult(key, etag, OLD);
  },

  'deleted before anybody looked': async (key) => {
    await pipeline.put(key, OLD);
    await pipeline.delete(key);
    await deliver(key, 1, 2);
    return () => assertNothing(key);
  },

  'deleted, which is known before it was put': async (key) => {
    await pipeline.put(key, OLD);
    await pipeline.delete(key);
    await deliver(key, 2);
    await eventually(async () => (await faults.invocations('detect', key)).length > 0);
    await deliver(key, 1);
    return () => assertNothing(key);
  },

  'deleted before age and gender look at it': async (key) => {
    held.add(key);
    await pipeline.put(key, OLD);
    await deliver(key, 1);
    const message = await faces.next(key);
    await pipeline.delete(key);
    await deliver(key, 2);
    await pipeline.until(key, (item) => item === undefined);
    await estimate(message);
    return () => assertNothing(key);
  },

  'deleted when all is done': async (key) => {
    await pipeline.put(key, OLD);
    await deliver(key, 1);
    await pipeline.settled(key);
    await pipeline.delete(key);
    await deliver(key, 2);
    return async () => {
      assert.equal(await pipeline.item(key), undefined);
      assert.equal(pipeline.announcements.about(key).length, 1);
    };
  },

  'deleted, and put again, told of in reverse': async (key) => {
    await pipeline.put(key, YOUNG);
    await pipeline.delete(key);
    const etag = await pipeline.put(key, OLD);
    await deliver(key, 3);
    await pipeline.settled(key);
    await deliver(key, 2, 1);
    return () => assertResult(key, etag, OLD);
  },

  'deleted, though nobody knew of it': async (key) => {
    await pipeline.put(key, OLD);
    await pipeline.delete(key);
    await deliver(key, 2, 2);
    return () => assertNothing(key);
  },

  'backfilled, and told of twice': async (key) => {
    const etag = await pipeline.put(key, OLD);
    await backfill(key, etag);
    await backfill(key, etag);
    return () => assertResult(key, etag, OLD);
  },

  'backfilled before its event comes': async (key) => {
    const etag = await pipeline.put(key, OLD);
    await backfill(key, etag);
    await pipeline.settled(key);
    await deliver(key, 1);
    return () => assertResult(key, etag, OLD, 2);
  },

  'backfilled when it is done, and its event comes again': async (key) => {
    const etag = await pipeline.put(key, OLD);
    await deliver(key, 1);
    const { sequencer } = await pipeline.settled(key);
    await backfill(key, etag);
    await pipeline.announcements.next(key, 2);
    await deliver(key, 1);
    return async () => {
      await assertResult(key, etag, OLD, 2);
      assert.equal((await pipeline.item(key))?.sequencer, sequencer);
    };
  },

  'backfilled as it was before it was overwritten': async (key) => {
    const older = await pipeline.put(key, YOUNG);
    const etag = await pipeline.put(key, OLD);
    await deliver(key, 2);
    await pipeline.settled(key);
    await backfill(key, older);
    return () => assertResult(key, etag, OLD);
  },

  'backfilled as it was, before it is known to be overwritten': async (key) => {
    const older = await pipeline.put(key, YOUNG);
    const etag = await pipeline.put(key, OLD);
    await backfill(key, older);
    await deliver(key, 2);
    return () => assertResult(key, etag, OLD);
  },

  'backfilled, then overwritten': async (key) => {
    const older = await pipeline.put(key, YOUNG);
    await backfill(key, older);
    await pipeline.settled(key);
    const etag = await pipeline.put(key, OLD);
    await deliver(key, 2, 1);
    return () => assertResult(key, etag, OLD, 2);
  },

  'backfilled though it is gone': async (key) => {
    const etag = await pipeline.put(key, OLD);
    await pipeline.delete(key);
    await backfill(key, etag);
    return () => assertNothing(key);
  },

  'backfilled, then deleted': async (key) => {
    const etag = await pipeline.put(key, OLD);
    await backfill(key, etag);
    await pipeline.settled(key);
    await pipeline.delete(key);
    await deliver(key, 2);
    return async () => assert.equal(await pipeline.item(key), undefined);
  },
};

/** In these a function is held up in the middle of its work. */
const heldUp: Record<string, Case> = {
  'overwritten while detect looks at the older version': async (key) => {
    await pipeline.put(key, YOUNG);
    const release = await hold('detect', await sequencerOf(key, 1), 3, () => deliver(key, 1));
    const etag = await pipeline.put(key, OLD);
    await deliver(key, 2);
    await pipeline.settled(key);
    await release();
    return () => assertResult(key, etag, OLD);
  },

  'overwritten while detect looks at the older version, and then at both': async (key) => {
    await pipeline.put(key, YOUNG);
    const older = await sequencerOf(key, 1);
    const releaseOlder = await hold('detect', older, 3, () => deliver(key, 1));
    const etag = await pipeline.put(key, OLD);
    const releaseNewer = await hold('detect', await sequencerOf(key, 2), 3, () => deliver(key, 2));
    await releaseOlder();
    // The crops, what was found, what the item is then, and the crops away again.
    await eventually(async () => (await faults.invocations('detect', older))[0]?.requests.length === 6);
    await releaseNewer();
    return () => assertResult(key, etag, OLD);
  },

  'overwritten while age is at work on the older version': async (key) => {
    held.add(key);
    await pipeline.put(key, YOUNG);
    await deliver(key, 1);
    const older = await faces.next(key);
    const { analysis } = JSON.parse(older) as { analysis: string };
    const release = await hold('age', analysis, 2, () => estimate(older));
    const etag = await pipeline.put(key, OLD);
    await deliver(key, 2);
    await faces.next(key, 2);
    await release();
    await estimate(await faces.next(key, 2));
    return () => assertResult(key, etag, OLD);
  },

  'deleted before detect reads it': async (key) => {
    await pipeline.put(key, OLD);
    const release = await hold('detect', await sequencerOf(key, 1), 2, () => deliver(key, 1));
    await pipeline.delete(key);
    await release();
    return () => assertNothing(key);
  },

  'deleted while detect looks at it': async (key) => {
    await pipeline.put(key, OLD);
    const release = await hold('detect', await sequencerOf(key, 1), 3, () => deliver(key, 1));
    await pipeline.delete(key);
    await deliver(key, 2);
    await pipeline.until(key, (item) => item === undefined);
    await release();
    return () => assertNothing(key);
  },

  'deleted while gender looks at it': async (key) => {
    held.add(key);
    await pipeline.put(key, OLD);
    await deliver(key, 1);
    const message = await faces.next(key);
    const release = await hold('gender', key, 2, () => estimate(message, ['gender']));
    await pipeline.delete(key);
    await deliver(key, 2);
    await pipeline.until(key, (item) => item === undefined);
    await release();
    await estimate(message, ['age']);
    return () => assertNothing(key);
  },

  'backfilled while its own event is worked on': async (key) => {
    const etag = await pipeline.put(key, OLD);
    const release = await hold('detect', await sequencerOf(key, 1), 3, () => deliver(key, 1));
    await backfill(key, etag);
    await pipeline.settled(key);
    await release();
    return () => assertResult(key, etag, OLD);
  },
};

/** Puts two versions, whose events have these sequencers, and passes the newer one's on first. */
async function overwriteWith(key: string, ...sequencers: [string, string]): Promise<string> {
  await pipeline.put(key, YOUNG);
  const etag = await pipeline.put(key, OLD);
  const [older, newer] = await Promise.all(
    sequencers.map(async (sequencer, index) =>
      (await events.next(key, index + 1)).replace(/("sequencer": *)"\w+"/, `$1"${sequencer}"`),
    ),
  );
  const { uploadQueue } = pipeline.target.stack;
  await pipeline.send(uploadQueue, newer ?? '');
  await pipeline.settled(key);
  await pipeline.send(uploadQueue, older ?? '');
  return etag;
}

test('the result is the same in whatever order, and how often, messages come', async (t) => {
  await pipeline.send(
    pipeline.target.stack.uploadQueue,
    JSON.stringify({ Service: 'Amazon S3', Event: 's3:TestEvent' }),
  );
  const play = ([name, act]: [string, Case]) => act(`${name.replaceAll(/\W+/g, '-')}.jpg`);
  const played = Object.entries(cases).map(play);
  await Promise.allSettled(played);
  // Few at a time: the others need functions that are free.
  const limit = pLimit(2);
  played.push(...Object.entries(heldUp).map((one) => limit(() => play(one))));
  await Promise.allSettled(played);
  await pipeline.idle();
  for (const [index, name] of Object.keys({ ...cases, ...heldUp }).entries()) {
    await t.test(name, async () => {
      const check = await played[index];
      await check?.();
    });
  }
  await t.test('nothing is left behind', async () => {
    assert.deepEqual(await pipeline.crops(), []);
    assert.equal(await pipeline.deadLetters(), 0);
  });
});
