import '@tensorflow/tfjs-backend-cpu';
import assert from 'node:assert/strict';
import { beforeEach, describe, it } from 'node:test';
import { enableProdMode, ones, type Tensor } from '@tensorflow/tfjs-core';
import { SeededDropout, setDropoutStep } from '../../networks/dropout.ts';

enableProdMode();

const RATE = 0.3;
const SHAPE = [50, 200];

function dropped(layer: SeededDropout, training: boolean): Float32Array {
  return (layer.apply(ones(SHAPE), { training }) as Tensor).dataSync<'float32'>();
}

describe('dropout that can be repeated', () => {
  beforeEach(() => setDropoutStep(0));

  it('drops its share and makes up for it', () => {
    const values = dropped(new SeededDropout({ rate: RATE, seed: 1 }), true);
    const zeros = values.filter((value) => value === 0).length / values.length;
    assert.ok(Math.abs(zeros - RATE) < 0.02, `${zeros} are dropped`);
    assert.ok(values.every((value) => value === 0 || Math.abs(value - 1 / (1 - RATE)) < 1e-6));
  });

  it('does nothing outside of training', () => {
    assert.ok(dropped(new SeededDropout({ rate: RATE, seed: 1 }), false).every((value) => value === 1));
  });

  it('has the same mask in the same step, and another in every other step and layer', () => {
    const masks = [];
    for (const [seed, step] of [
      [1, 5],
      [1, 6],
      [2, 5],
      [15, 0],
    ] as const) {
      setDropoutStep(step);
      masks.push(dropped(new SeededDropout({ rate: RATE, seed }), true).join());
    }
    assert.equal(new Set(masks).size, masks.length);
    setDropoutStep(5);
    assert.equal(dropped(new SeededDropout({ rate: RATE, seed: 1 }), true).join(), masks[0]);
  });

  it('refuses a rate that would leave nothing', () => {
    assert.throws(() => new SeededDropout({ rate: 1, seed: 1 }), /Expected a dropout rate/);
  });
});
