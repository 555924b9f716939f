import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { addGaussian, normalised } from '../../attributes/distribution.ts';

describe('the target of a labelled number', () => {
  it('sums to 1, however narrow, and wherever the number lies', () => {
    for (const deviation of [0, 0.001, 0.03, 0.19, 0.2, 1, 20]) {
      for (const centre of [0, 34, 34.25, 34.5, 100]) {
        const target = new Float32Array(101);
        addGaussian(target, centre, deviation);
        const sum = normalised(target).reduce((total, share) => total + share, 0);
        assert.ok(Math.abs(sum - 1) < 1e-4, `${sum} of ${deviation} at ${centre}`);
      }
    }
  });
});
