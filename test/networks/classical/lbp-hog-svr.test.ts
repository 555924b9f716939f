import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { InferenceSession } from '../../../layers/onnx/runtime.ts';
import { run } from '../../../layers/onnx/session.ts';
import { SIDE } from '../../../networks/classical/chips.ts';
import { HOG_LENGTH, LBP_LENGTH } from '../../../networks/classical/descriptors.ts';
import { type Expert, encodeLbpHogSvr } from '../../../networks/classical/lbp-hog-svr.ts';

const [DESCRIPTORS, COORDINATES] = [LBP_LENGTH + HOG_LENGTH, 12];
const numbers = Array.from({ length: 11 }, (_, number) => number);
/** Each number is certain of itself. */
const meaning = {
  numbers,
  probabilities: {
    data: Float32Array.from({ length: 121 }, (_, index) => Number(index % 12 === 0)),
    rows: 11,
    columns: 11,
  },
};

/** Every face lies at 0, from which the support vectors lie at any distances. */
const expert = (vectors: number): Expert => ({
  directions: {
    data: new Float32Array(DESCRIPTORS * COORDINATES),
    rows: DESCRIPTORS,
    columns: COORDINATES,
  },
  regression: {
    gamma: 0.3,
    bias: 4,
    weights: Float32Array.from({ length: vectors }, (_, index) => Math.sin(index)),
    vectors: {
      data: Float32Array.from({ length: vectors * COORDINATES }, (_, index) => Math.sin(7 * index)),
      rows: vectors,
      columns: COORDINATES,
    },
  },
});

const mean = new Float32Array(DESCRIPTORS);

describe('support vectors', () => {
  it('say in half the bytes what they say in floats', async () => {
    const rough = expert(50);
    const file = encodeLbpHogSvr({ mean, rough, brackets: { middles: [], experts: [] }, meaning }, 'age');
    const session = await InferenceSession.create(file);
    const { age } = await run(session, new Uint8Array(SIDE * SIDE * 3), [1, SIDE, SIDE, 3], ['age']);
    const said = age.reduce((sum, probability, number) => sum + number * probability, 0);
    const { bias, gamma, weights, vectors } = rough.regression;
    const exact = weights.reduce((sum, weight, index) => {
      const own = vectors.data.subarray(index * COORDINATES, (index + 1) * COORDINATES);
      return sum + weight * Math.exp(-gamma * own.reduce((squares, value) => squares + value ** 2, 0));
    }, bias);
    assert.ok(Math.abs(exact - 4) > 0.01, 'they matter');
    assert.ok(Math.abs(said - exact) < 0.001, `${said} instead of ${exact}`);
  });

  it('of two stages, learned from 16,000 faces, fit into a megabyte', () => {
    const brackets = { middles: [20, 35, 50, 65], experts: [1800, 2800, 2850, 2750].map(expert) };
    const file = encodeLbpHogSvr({ mean, rough: expert(2000), brackets, meaning }, 'age');
    assert.ok(file.length < 1_000_000, `${file.length} bytes`);
  });
});
