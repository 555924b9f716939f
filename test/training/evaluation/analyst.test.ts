import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { faceOf } from '../../../training/evaluation/analyst.ts';

describe('the face that a label is about', () => {
  const large = { box: { x: 0, y: 0, width: 100, height: 120 }, said: {} };
  const small = { box: { x: 200, y: 20, width: 50, height: 60 }, said: {} };

  it('is the one in its box, and without a box the largest', () => {
    assert.equal(faceOf({}, [small, large]), large);
    assert.equal(faceOf({ box: { x: 195, y: 15, width: 60, height: 70 } }, [large, small]), small);
    assert.equal(faceOf({}, []), undefined);
  });

  it('is not found where another one is', () => {
    assert.equal(faceOf({ box: { x: 400, y: 0, width: 50, height: 60 } }, [large, small]), undefined);
  });
});
