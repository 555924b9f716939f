import '@tensorflow/tfjs-backend-cpu';
import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { it } from 'node:test';
import { tensor } from '@tensorflow/tfjs-core';
import { readModelWeights, writeModelWeights } from '../../networks/weights.ts';

const VALUES = [0.1, -2, 65_000.3, 1e-5];
const HALVES = [...Float16Array.from(VALUES)];
const SINGLES = [...Float32Array.from(VALUES)];

for (const [half, expected] of [
  [false, SINGLES],
  [true, HALVES],
] as const) {
  it(`reads the weights that it wrote ${half ? 'in half precision' : 'as they were'}`, async (t) => {
    const folder = await mkdtemp(path.join(tmpdir(), 'weights-'));
    t.after(() => rm(folder, { recursive: true }));
    const weights = { 'a/kernel': tensor(VALUES, [2, 2]), 'b/bias': tensor([3, 4, 5]) };
    await writeModelWeights(folder, weights, { half });
    const read = await readModelWeights(path.join(folder, 'model.json'));
    assert.deepEqual(Object.keys(read), Object.keys(weights));
    assert.deepEqual(read['a/kernel']?.shape, [2, 2]);
    assert.deepEqual([...(read['a/kernel']?.dataSync() ?? [])], expected);
    assert.deepEqual([...(read['b/bias']?.dataSync() ?? [])], [3, 4, 5]);
  });
}
