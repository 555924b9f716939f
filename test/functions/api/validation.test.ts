import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Problem } from '../../../functions/api/problem.ts';
import { startTrainingSchema } from '../../../functions/api/training-schemas.ts';
import { parse } from '../../../functions/api/validation.ts';

const DATA = 'the name of a data set, or a list of names';

test('names the field at fault, what it should be and what came', () => {
  for (const [start, error] of [
    [{}, { field: 'data', expected: DATA, received: 'nothing' }],
    [{ data: 5 }, { field: 'data', expected: DATA, received: '5' }],
    [{ data: ['people', 5] }, { field: 'data.1', expected: 'text', received: '5' }],
    [{ data: [] }, { field: 'data', expected: 'at least 1 entry', received: 'a list of 0' }],
    [{ epochs: 0 }, { field: 'epochs', expected: 'at least 0.001', received: '0' }],
    [{ budget: { minutes: 0 } }, { field: 'budget.minutes', expected: 'at least 0.001', received: '0' }],
    [{ balanced: 2 }, { field: 'balanced', expected: 'at most 1', received: '2' }],
    [{ crops: 3 }, { field: 'crops', expected: 'one of 1, 2, 10', received: '3' }],
    [
      { optimizer: { name: 'sgd' } },
      { field: 'optimizer.name', expected: 'one of adadelta, momentum, adam', received: '"sgd"' },
    ],
    [{ augmentation: [] }, { field: 'augmentation', expected: 'an object', received: 'a list of 0' }],
    [
      { seed: { a: 1, b: 2, c: 3, d: 4 } },
      { field: 'seed', expected: 'a number', received: 'an object with "a", "b", "c", …' },
    ],
  ] as const) {
    const data = Object.keys(start).length > 0 && { data: 'people' };
    assert.throws(
      () => parse(startTrainingSchema, { task: 'age', ...data, ...start }, 'body'),
      (problem) => {
        assert.ok(problem instanceof Problem);
        assert.deepEqual(problem.errors, [error]);
        return true;
      },
    );
  }
});
