import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { Photo } from '../../functions/shared/item.ts';
import { runCommand } from '../cli/commands.ts';
import { fixtures, samples } from '../fixtures/index.ts';
import { type Fault, Faults, type Invocation } from './faults.ts';
import type { Mailbox } from './mailbox.ts';
import { Pipeline, type StageName } from './pipeline.ts';

let pipeline: Pipeline;
let faults: Faults;
let faces: Mailbox<string>;

before(async () => {
  // One photo an invocation, so that whoever is killed takes no other photo along.
  pipeline = await Pipeline.deploy('interruptions', { timeout: 8, batchSize: 1, maximumConcurrency: 4 });
  // More time than it takes to start a process and to run out of time, and more tries than interruptions:
  // nothing else than what a test does comes between.
  await pipeline.retry({ tries: 8, seconds: 20 });
  faults = await Faults.install(pipeline);
  faces = await pipeline.divertFaces((photo) => photo.startsWith('held/'));
});
after(async () => {
  await pipeline.close();
  await faults.close();
});

/** A photo's way through one of the functions. */
interface Scenario {
  readonly name: string;
  readonly stage: StageName;
  readonly file: string;
  /** Which of age and gender comes first; as it happens when absent. */
  readonly first?: 'age' | 'gender';
  /** The requests, from 1 on, that are no other scenario's as well; all when absent. */
  readonly own?: readonly number[];
}

const scenarios: readonly Scenario[] = [
  // These first: age and gender then have their turn while detect is interrupted.
  { name: 'age before gender', stage: 'age', file: samples.hopper, first: 'age' },
  { name: 'age after gender', stage: 'age', file: samples.hopper, first: 'gender' },
  { name: 'gender before age', stage: 'gender', file: samples.hopper, first: 'gender' },
  { name: 'gender after age', stage: 'gender', file: samples.hopper, first: 'age' },
  { name: 'detect with a face', stage: 'detect', file: samples.hopper },
  { name: 'detect without a face', stage: 'detect', file: samples.coffee, own: [3, 4, 5, 6] },
  { name: 'detect of a broken photo', stage: 'detect', file: await fixtures.truncatedJpeg(), own: [3] },
];

/** Sends a photo all the way. */
async function play(key: string, { file, first }: Pick<Scenario, 'file' | 'first'>): Promise<void> {
  await pipeline.put(key, file);
  if (first) {
    const message = await faces.next(key);
    const { ageQueue, genderQueue } = pipeline.target.stack;
    const queues = first === 'age' ? [ageQueue, genderQueue] : [genderQueue, ageQueue];
    await pipeline.send(queues[0] ?? '', message);
    await pipeline.until(key, (item) => item?.faces?.[0]?.[first] !== undefined);
    await pipeline.send(queues[1] ?? '', message);
  }
  await pipeline.settled(key);
}

const keyOf = (name: string, { first }: Pick<Scenario, 'first'>) =>
  `${first ? 'held' : 'free'}/${name.replaceAll(/\W+/g, '-')}.jpg`;

/**
 * Where a function can be interrupted that makes these requests: before each of them, where it dies, stands
 * still, or has no answer, and after the last. After one of them is before the next, as far as others can tell.
 */
function interruptions(requests: readonly string[]) {
  const before = requests.map((name, index) => ({ name, request: index + 1, moment: 'before' as const }));
  const last = { name: requests.at(-1), request: requests.length, moment: 'after' as const };
  const middle = before[Math.floor(requests.length / 2)];
  return [
    ...[...before, last].map((place) => ({ ...place, action: 'kill' as const })),
    ...(middle
      ? [
          { ...middle, action: 'freeze' as const },
          { ...middle, action: 'stall' as const },
        ]
      : []),
  ];
}

/** That the first try ended at a request, and that another one followed. */
function assertInterrupted(invocations: readonly Invocation[], request: number): void {
  const told = invocations.map(({ messages, requests }) => [messages[0]?.tries, requests]);
  const first = invocations.find(({ messages: [message] }) => message?.tries === 1);
  assert.equal(first?.requests.length, request, JSON.stringify(told));
  assert.ok(invocations.length > 1, JSON.stringify(told));
}

/** What two photos of the same content have in common. */
function result(item: Photo | undefined): Partial<Photo> {
  const { photo, analysis, sequencer, uploadedAt, startedAt, completedAt, announcedAt, expiresAt, ...rest } =
    item ?? {};
  return rest;
}

describe('a function that is interrupted', { concurrency: 2 }, () => {
  test('leaves an item as it would have been', async (t) => {
    // Starts the processes.
    await play('free/first.jpg', { file: samples.hopper });
    const undisturbed = await Promise.all(
      scenarios.map(async (scenario) => {
        const key = keyOf(scenario.name, scenario);
        await play(key, scenario);
        const invocations = await faults.invocations(scenario.stage, key);
        assert.equal(invocations.length, 1);
        return {
          ...scenario,
          requests: invocations[0]?.requests ?? [],
          item: result(await pipeline.item(key)),
        };
      }),
    );

    const cases = undisturbed.flatMap(({ requests, own, ...scenario }) =>
      interruptions(requests)
        .filter(({ request }) => !own || own.includes(request))
        .map(({ name, ...fault }) => {
          const title = `${scenario.name}, ${fault.action} ${fault.moment} ${fault.request} ${name}`;
          // Announced, but not noted: nobody can know that it was.
          const unnoted = fault.moment === 'before' && requests[fault.request - 2] === 'events PutEvents';
          return { ...scenario, title, key: keyOf(title, scenario), fault, announcements: unnoted ? 2 : 1 };
        }),
    );
    assert.ok(cases.length > 40, `${cases.length} cases`);

    const played = cases.map(async ({ key, stage, fault, ...scenario }) => {
      await faults.set(stage, { ...fault, message: key });
      await play(key, scenario);
    });
    await Promise.allSettled(played);
    await pipeline.idle();

    for (const [index, { title, key, stage, fault, announcements, item: expected }] of cases.entries()) {
      await t.test(title, async () => {
        await played[index];
        assertInterrupted(await faults.invocations(stage, key), fault.request);
        const item = await pipeline.item(key);
        assert.deepEqual(result(item), expected);
        const { announcedAt, ...announced } = item ?? {};
        assert.deepEqual(
          pipeline.announcements.about(key).map(({ detail }) => detail),
          Array.from({ length: announcements }, () => announced),
        );
      });
    }
  });

  test('forgets a deleted photo all the same', async (t) => {
    const removals = async (key: string): Promise<Invocation[]> =>
      (await faults.invocations('detect', key)).filter(({ messages: [message] }) =>
        message?.body.includes('ObjectRemoved'),
      );
    /** Deletes a photo whose faces nobody has looked at yet. */
    const remove = async (key: string, fault?: Omit<Fault, 'message'>) => {
      await pipeline.put(key, samples.hopper);
      await faces.next(key);
      if (fault) await faults.set('detect', { ...fault, message: key });
      await pipeline.delete(key);
      await pipeline.until(key, (item) => item === undefined);
    };

    await remove('held/removed.jpg');
    const [invocation] = await removals('held/removed.jpg');
    const cases = interruptions(invocation?.requests ?? []).map(({ name, ...fault }) => {
      const title = `${fault.action} ${fault.moment} ${fault.request} ${name}`;
      return { title, fault, key: keyOf(`removed ${title}`, { first: 'age' }) };
    });
    assert.ok(cases.length > 4, `${cases.length} cases`);
    const removed = cases.map(({ key, fault }) => remove(key, fault));
    await Promise.allSettled(removed);
    await pipeline.idle();
    for (const [index, { title, key, fault }] of cases.entries()) {
      await t.test(title, async () => {
        await removed[index];
        assertInterrupted(await removals(key), fault.request);
        assert.equal(await pipeline.item(key), undefined);
        assert.deepEqual(pipeline.announcements.about(key), []);
      });
    }
  });
});

test('interruptions leave nothing behind', async () => {
  assert.deepEqual(await pipeline.crops(), []);
  assert.equal(await pipeline.deadLetters(), 0);
});

test('a photo that fails on every try is given up, and redriven when the cause is gone', async () => {
  const tries = 2;
  await pipeline.retry({ tries, seconds: 9 });
  const cases = [
    ['detect', 'kill', /ran out of time or memory/],
    ['age', 'kill', /ran out of time or memory/],
    ['gender', 'freeze', /ran out of time or memory/],
    ['detect', 'stall', /ran out of time/],
  ] as const;
  const given = await Promise.all(
    cases.map(async ([stage, action, reason]) => {
      const photo = `given-up/${stage}-${action}.jpg`;
      // At the very first request, before which nothing is written anywhere.
      const release = await faults.set(stage, {
        message: photo,
        request: 1,
        moment: 'before',
        action,
        tries,
      });
      const item = await pipeline.drop(photo, samples.hopper);
      return { photo, reason, item, release };
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
  assert.equal(await pipeline.deadLetters(), cases.length);
  assert.deepEqual(await pipeline.crops(), []);

  const healthy = await pipeline.drop('given-up/healthy.jpg', samples.hopper);
  assert.equal(healthy.status, 'done');
  await Promise.all(given.map(({ release }) => release()));
  const { exitCode, stdout, stderr } = await runCommand('redrive', ['--json'], { env: pipeline.env });
  assert.equal(exitCode, 0, stderr);
  assert.equal(stdout.trim().split('\n').length, cases.length);
  await pipeline.idle();
  assert.equal(await pipeline.deadLetters(), 0);
  for (const { photo, item } of given) {
    const redriven = await pipeline.item(photo);
    assert.deepEqual(result(redriven), result(healthy));
    assert.equal(redriven?.analysis, item.analysis);
    assert.deepEqual(
      pipeline.announcements.about(photo).map((announcement) => announcement['detail-type']),
      ['Photo failed', 'Photo analysed'],
    );
  }
});

test('photos of a batch neither fail nor wait because of another one', async () => {
  const good = ['batch/one.jpg', 'batch/two.jpg', 'batch/three.jpg'];
  await pipeline.deliver('detect', false, 5);
  await faults.set('detect', {
    message: 'batch/stalled.jpg',
    request: 's3 GET',
    moment: 'before',
    action: 'stall',
  });
  await pipeline.put('batch/stalled.jpg', samples.hopper);
  await pipeline.put('batch/corrupt.jpg', await fixtures.truncatedJpeg());
  for (const key of good) await pipeline.put(key, samples.hopper);
  await pipeline.deliver('detect', true, 5);

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
    assert.ok(secondsOf(item) < 4, `${item.photo} took ${secondsOf(item)} s`);
    assert.equal((await faults.invocations('detect', item.photo)).length, 1);
  }
  assert.ok(items.every(({ status }) => status === 'done'));
});

/** From the beginning of the analysis to its end. */
const secondsOf = ({ startedAt, completedAt }: Photo) =>
  (Date.parse(completedAt ?? '') - Date.parse(startedAt)) / 1000;
