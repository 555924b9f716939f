import assert from 'node:assert/strict';
import { test } from 'node:test';
import { real } from '../../support/real.ts';

test('takes no number that cannot be kept', () => {
  const schema = real(-1, 10);
  for (const value of [-1, 0, 1e-129, 0.1, 10]) assert.equal(schema.parse(value), value);
  for (const value of [1e-131, -1e-200, 5e-324]) assert.equal(schema.parse(value), 0);
  for (const value of [1.2e308, 10.1, Number.NaN, Number.POSITIVE_INFINITY])
    assert.throws(() => schema.parse(value));
});
