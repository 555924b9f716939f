import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { AGE_GROUPS, type Age } from '../../attributes/age/result.ts';
import type { Face } from '../../attributes/face.ts';
import { connectTo } from '../../cli/target.ts';
import type { PhotoEvent } from '../../functions/shared/event.ts';
import { comparableSequencer } from '../../functions/shared/event.ts';
import type { Photo } from '../../functions/shared/item.ts';
import { type Findings, Items } from '../../functions/shared/items.ts';
import { testStack } from '../stack.ts';

let items: Items;
const folder = `items-${process.pid}`;

before(async () => {
  const { dynamo, stack } = connectTo(await testStack());
  items = new Items(dynamo, stack.table);
});

const model = { name: 'a network with a rather long name', version: 'its-package-and-version-1.7.15' };
const expiresAt = Math.floor(Date.now() / 1000) + 3600;
const soon = () => new Date(Date.now() + 60_000);

/** A face whose every number is as long as any can be. */
const face: Face = {
  box: { x: 65_535.9, y: 65_535.9, width: 65_535.9, height: 65_535.9 },
  confidence: 0.9999,
  landmarks: Array.from({ length: 5 }, () => ({ x: -65_535.9, y: -65_535.9 })),
};
const age: Age = {
  years: 100.9,
  low: 100.9,
  high: 119.9,
  group: '(60, 100)',
  groups: Object.fromEntries(AGE_GROUPS.map((group) => [group, 0.1251])) as Age['groups'],
  model,
};
const estimates = {
  age: { age, score: 99.9 },
  gender: { gender: { gender: 'F', confidence: 0.9999, model } },
  // One that nobody knows: items take any.
  hair: { hair: 'brown' },
} as const;

const eventOf = (key: string): PhotoEvent => ({
  kind: 'created',
  bucket: 'photos',
  key,
  at: new Date().toISOString(),
  uploadedAt: new Date().toISOString(),
  etag: 'd41d8cd98f00b204e9800998ecf8427e',
  sequencer: comparableSequencer('0055AED6DCD90281E5'),
  byForm: false,
  analysis: '0123456789abcdef0123456789abcdef',
  notification: '{}',
});

const findings = (faces: number): Findings => ({
  bytes: 30_000_000,
  format: 'JPEG',
  width: 65_535,
  height: 4_000,
  detector: model,
  faces: Array.from({ length: faces }, () => face),
  facesFound: 999,
});

/** An item whose faces are found and which still lacks these attributes. */
async function pending(key: string, faces: number, outstanding: readonly string[] = ['age', 'gender']) {
  const event = eventOf(key);
  await items.begin(event, expiresAt);
  await items.found(key, event.analysis, findings(faces), outstanding, soon());
  return {
    merge: (...names: (keyof typeof estimates)[]) => {
      const told = names.map((name) => [name, Array.from({ length: faces }, () => estimates[name])] as const);
      return items.merge(key, event.analysis, new Map(told), soon());
    },
    fail: (attempt?: number) =>
      items.fail(key, event.analysis, { code: 'gave-up', message: 'Gave up.' }, soon(), { attempt }),
  };
}

const isComplete = (item: Photo | undefined) =>
  item?.status === 'done' && item.faces?.every((one) => one.age && one.gender && one.score !== undefined);

for (const [count, names] of [['age'], ['age', 'gender'], ['age', 'gender', 'hair']].entries() as Iterable<
  [number, (keyof typeof estimates)[]]
>) {
  test(`of ${count + 1} parts that are merged at the same time exactly one completes the item`, async () => {
    const rounds = Array.from({ length: 40 }, async (_, round) => {
      const key = `${folder}/merge-${count}-${round}`;
      const { merge } = await pending(key, 1 + (round % 3), names);
      // Every third round has each message twice, and every other one another order.
      const order = round % 2 === 0 ? names : names.toReversed();
      const parts = order.flatMap((name) => (round % 3 === 0 ? [name, name] : [name]));
      const merged = await Promise.all(parts.map((part) => merge(part)));
      assert.equal(merged.filter(({ completed }) => completed).length, 1);
      const item = await items.get(key);
      assert.equal(item?.status, 'done');
      assert.equal(item.outstanding, undefined);
      assert.ok(item.faces?.every((one) => one.age && (names.includes('gender') ? one.gender : !one.gender)));
    });
    await Promise.all(rounds);
  });
}

test('a group of attributes takes itself out of the outstanding ones, also where one of them was merged before', async () => {
  const { merge } = await pending(`${folder}/group`, 2);
  const both = await merge('age', 'gender');
  assert.ok(both.completed && isComplete(both.item) && both.item?.outstanding === undefined);
  const regrouped = await pending(`${folder}/regrouped`, 2);
  assert.equal((await regrouped.merge('gender')).completed, false);
  const rest = await regrouped.merge('age', 'gender');
  assert.ok(rest.completed && isComplete(rest.item));
});

test('a failure and a result at the same time leave one of them', async () => {
  const rounds = Array.from({ length: 20 }, async (_, round) => {
    const key = `${folder}/fail-${round}`;
    const { merge, fail } = await pending(key, 1);
    await merge('age');
    const ends = await Promise.all([merge('gender'), fail(), fail()]);
    assert.equal(ends.filter(({ completed }) => completed).length, 1);
    const item = await items.get(key);
    assert.equal(item?.failure === undefined, item?.status === 'done');
  });
  await Promise.all(rounds);
});

test('who knows of an attempt that was given up does not end the one that began after it', async () => {
  const key = `${folder}/again`;
  const { analysis } = eventOf(key);
  assert.ok((await (await pending(key, 1)).fail(1)).completed);
  const { fail } = await pending(key, 1);
  assert.equal(await items.isOver(key, analysis, 1), true);
  const late = await fail(1);
  assert.deepEqual([late.completed, late.item?.status, late.item?.attempt], [false, 'pending', 2]);
  assert.equal(await items.isOver(key, analysis, 2), false);
  assert.ok((await fail(2)).completed);
});

test('an announcement that was not made in time is taken over by one', async () => {
  const event = eventOf(`${folder}/announcement`);
  await items.begin(event, expiresAt);
  const { item } = await items.found(event.key, event.analysis, findings(0), [], new Date(Date.now() - 1));
  assert.ok(item);
  const taken = await Promise.all(Array.from({ length: 5 }, () => items.takeOver(item, soon())));
  const [mine, ...others] = taken.filter((each) => each !== undefined);
  assert.ok(mine);
  assert.deepEqual(others, []);
  await items.announced(mine);
  assert.equal(await items.takeOver(mine, soon()), undefined);
});

test('the largest item there can be is far from the limits of DynamoDB and EventBridge', async () => {
  const begin = `${folder}/${'長'.repeat(300)}`;
  const key = begin + 'a'.repeat(1024 - Buffer.byteLength(begin));
  // The service refuses items of more than 400 KB and expressions of more than 4 KB.
  const { merge } = await pending(key, 100);
  await merge('age');
  const { item } = await merge('gender');
  assert.ok(isComplete(item));
  // Together the two do not fit into one update, and take two.
  const group = await pending(`${begin}b`, 100);
  const both = await group.merge('age', 'gender');
  assert.ok(both.completed && isComplete(both.item));
  // As JSON it is longer than as DynamoDB counts it. An announcement may have 256 KB.
  const bytes = Buffer.byteLength(JSON.stringify(item));
  assert.ok(bytes < 120_000, `${bytes} bytes`);
});
