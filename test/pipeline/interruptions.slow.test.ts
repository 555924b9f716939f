import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { estimatorOf } from '../estimators.ts';
import { fixtures, samples } from '../fixtures/index.ts';
import type { StageName } from './controls.ts';
import { divertFaces } from './diversions.ts';
import { type Fault, Faults, type Invocation } from './faults.ts';
import type { Mailbox } from './mailbox.ts';
import { Pipeline, resultOf } from './pipeline.ts';

let pipeline: Pipeline;
let faults: Faults;
let faces: Mailbox<string>;

before(async () => {
  // One photo an invocation, so that whoever is killed takes no other photo along.
  pipeline = await Pipeline.deploy('interruptions', {
    timeout: 24,
    maximumTries: 8,
    batchSize: 1,
    maximumConcurrency: 4,
  });
  // More time than it takes to start a process and to run out of time, and more tries than interruptions:
  // nothing but what a test does comes between.
  await pipeline.controls.retryAfter(40);
  faults = await Faults.install(pipeline);
  faces = await divertFaces(pipeline, (photo) => photo.startsWith('held/'));
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

const manyFaces = await fixtures.group();

const scenarios: readonly Scenario[] = [
  // These first: age and gender then have their turn while detect is interrupted.
  { name: 'age before gender', stage: 'age', file: samples.hopper, first: 'age' },
  { name: 'age after gender', stage: 'age', file: samples.hopper, first: 'gender' },
  { name: 'gender before age', stage: 'gender', file: samples.hopper, first: 'gender' },
  { name: 'gender after age', stage: 'gender', file: samples.hopper, first: 'age' },
  // Whose chips are too many for a message: they are written before it is sent, and deleted before the announcement.
  { name: 'gender after age, of a group', stage: 'gender', file: manyFaces, first: 'age', own: [1, 4, 5, 6] },
  { name: 'detect with a face', stage: 'detect', file: samples.hopper },
  { name: 'detect with a group', stage: 'detect', file: manyFaces, own: [4, 5] },
  { name: 'detect without a face', stage: 'detect', file: samples.coffee, own: [3, 4, 5] },
  { name: 'detect of a broken photo', stage: 'detect', file: await fixtures.truncatedJpeg(), own: [3] },
];

/** Sends a photo all the way. */
async function play(key: string, { file, first }: Pick<Scenario, 'file' | 'first'>): Promise<void> {
  await pipeline.put(key, file);
  if (first) {
    const message = await faces.next(key);
    const [ageQueue, genderQueue] = ['age', 'gender'].map(
      (name) => estimatorOf(pipeline.target.stack, name).queue,
    ) as [string, string];
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
  // A function that ran out of time still says when the message is to come back.
  const requests = first?.requests.filter((name) => name !== 'sqs ChangeMessageVisibility');
  assert.equal(requests?.length, request, JSON.stringify(told));
  assert.ok(invocations.length > 1, JSON.stringify(told));
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
          item: resultOf(await pipeline.item(key)),
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
        assert.deepEqual(resultOf(item), expected);
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
  assert.deepEqual(await pipeline.chips(), []);
  assert.equal(await pipeline.deadLetters(), 0);
});
