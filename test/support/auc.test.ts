import assert from 'node:assert/strict';
import { test } from 'node:test';
import { areaUnderCurve } from '../../support/auc.ts';

test('the area under the ROC curve is how often a positive has the higher score', () => {
  assert.equal(areaUnderCurve([3, 4], [1, 2]), 1);
  assert.equal(areaUnderCurve([1, 2], [3, 4]), 0);
  assert.equal(areaUnderCurve([2, 5], [1, 3]), 0.75);
  assert.equal(areaUnderCurve([1, 1], [1, 1, 1]), 0.5, 'ties count half');
  assert.equal(areaUnderCurve([], [1]), undefined);
});
