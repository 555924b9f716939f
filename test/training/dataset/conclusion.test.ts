import assert from 'node:assert/strict';
import { test } from 'node:test';
import { concludePreparation } from '../../../training/dataset/conclusion.ts';
import type { Split } from '../../../training/dataset/label.ts';
import { PREPARATION, type Shard } from '../../../training/dataset/prepared.ts';

test('says which splits have no face', () => {
  const problemsOf = (...splits: Split[]) =>
    concludePreparation(SET, [['0000', shardOf(splits)]]).problems.map(({ kind, examples }) => [
      kind,
      ...examples,
    ]);
  assert.deepEqual(problemsOf('train', 'validation', 'test', 'train'), []);
  assert.deepEqual(problemsOf('train', 'train'), [['empty-split', 'validation', 'test']]);
  assert.throws(() => problemsOf(), /Expected faces in data set people but found none/);
});

test('says what is wrong with boxes, and of which labels', () => {
  const shard: Shard = {
    ...shardOf(['train', 'validation', 'test']),
    rejections: [
      { file: 'a.jpg', reason: 'box-unit', message: 'Expected a box in pixels but received 0, 0, 1 × 1.' },
      { file: 'b.jpg', reason: 'box-outside', message: 'Expected a box within the photo.' },
    ],
  };
  assert.deepEqual(
    concludePreparation(SET, [['0000', shard]]).problems.map(({ kind, examples }) => [kind, ...examples]),
    [
      ['box-unit', 'a.jpg: Expected a box in pixels but received 0, 0, 1 × 1'],
      ['box-outside', 'b.jpg'],
    ],
  );
});

test('names faces whose pictures are poorer than asked for', () => {
  const { faces, ...shard } = shardOf(['train', 'validation', 'test']);
  const measured = { ...shard, faces: faces.map((face, index) => ({ ...face, quality: 20 + 10 * index })) };
  const problemsOf = (minimum?: number) =>
    concludePreparation(SET, [['0000', measured]], minimum).problems.map(({ kind, examples }) => [
      kind,
      ...examples,
    ]);
  assert.deepEqual(problemsOf(), []);
  assert.deepEqual(problemsOf(35), [['poor-quality', '0.jpg (20)', '1.jpg (30)']]);
});

const SET = { name: 'people', contentHash: '0'.repeat(32), problems: [] };

const shardOf = (splits: readonly Split[]): Shard => ({
  preparation: PREPARATION,
  batch: '0'.repeat(32),
  faces: splits.map((split, index) => ({
    file: `${index}.jpg`,
    groups: {},
    hash: '0'.repeat(64),
    split,
    facesFound: 1,
    offset: index,
    length: 1,
  })),
  rejections: [],
});
