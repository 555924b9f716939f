import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { PreparedSet } from '../../../training/dataset/prepared.ts';
import { trainingSpecSchema } from '../../../training/spec.ts';
import { identify } from '../../../training/trainer/job.ts';

describe('what a training can go on from', () => {
  const data: PreparedSet = {
    ...{ name: 'none', contentHash: '1', faces: [] },
    read: () => Promise.reject(new Error('Expected nothing to be read.')),
    close: () => Promise.resolve(),
  };
  const of = (request: object, fold?: number) => {
    const spec = trainingSpecSchema.parse({ task: 'age', ...request });
    return identify({ spec, task: 'age', data, directory: '', control: {} }, fold);
  };

  it('is no fold of another division, and the training proper whatever the division', () => {
    assert.notEqual(of({ folds: 3 }, 1), of({ folds: 5 }, 1));
    assert.notEqual(of({ folds: 3 }, 1), of({ folds: 3 }, 2));
    assert.equal(of({ folds: 3 }), of({}));
    assert.notEqual(of({ seed: 2 }), of({}));
  });
});
