import assert from 'node:assert/strict';
import path from 'node:path';
import { test } from 'node:test';
import * as z from 'zod';
import { age as attribute } from '../../../attributes/age/attribute.ts';
import { faceScore, groupOf, isInGroup } from '../../../attributes/age/group.ts';
import { readPart } from '../../../attributes/age/reading.ts';
import { AGE_GROUPS } from '../../../attributes/age/result.ts';
import { readDrafts } from '../../../models/model-folder.ts';

const model = { name: 'test', version: '1' };

test('an age counts to the group that it lies in or that is nearer', () => {
  for (const [index, group] of AGE_GROUPS.entries()) {
    const [low = Number.NaN, high = Number.NaN] = group.match(/\d+/g)?.map(Number) ?? [];
    assert.equal(groupOf(low), index, `${low} in ${group}`);
    assert.equal(groupOf(high), index, `${high} in ${group}`);
    assert.deepEqual(
      [low - 1, low, high, high + 0.9, high + 1].map(isInGroup),
      [false, true, true, true, false],
      group,
    );
  }
  const between: [number, string][] = [
    [13, '(8, 12)'],
    [14, '(15, 20)'],
    [22, '(15, 20)'],
    [23, '(25, 32)'],
    [46, '(48, 53)'],
    [56, '(48, 53)'],
    [57, '(60, 100)'],
  ];
  for (const [age, group] of between) assert.equal(AGE_GROUPS[groupOf(age)], group, String(age));
});

test('the score weighs the groups', () => {
  assert.equal(faceScore([1, 0, 0, 0, 0, 0, 0, 0]), 100);
  assert.equal(faceScore([0, 0, 0, 0, 0, 0, 0, 1]), 20);
  assert.equal(faceScore([0, 0, 0, 0, 0.5, 0.5, 0, 0]), 65);
});

test('every estimate is described consistently', async () => {
  const [card] = await readDrafts(path.resolve(import.meta.dirname, '../../../models/age-gender-net'));
  const reading = z.object(attribute.readings[1]).parse(card);
  let before = 0;
  for (let estimate = -3; estimate <= 110; estimate += 0.25) {
    const { age, score } = z.object(attribute.fields).parse(readPart([estimate], reading, model));
    const total = Object.values(age.groups).reduce((sum, value) => sum + value, 0);
    assert.ok(Math.abs(total - 1) < 1e-3, `probabilities sum to ${total} at ${estimate}`);
    assert.ok(age.low <= age.years && age.years <= age.high, `interval at ${estimate}`);
    assert.ok(age.years >= before, `older estimates mean older faces, at ${estimate}`);
    assert.equal(age.groups[age.group], Math.max(...Object.values(age.groups)));
    assert.ok(score >= 20 && score <= 100);
    before = age.years;
  }
});
