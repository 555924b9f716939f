import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { describeEnd, describeLine, describeNext, describeProgress } from '../../cli/training-text.ts';
import { draftOf, startSchema, type Training } from '../../functions/training/shared/training.ts';

const now = '2026-01-01T00:00:00.000Z';
const draft = draftOf({
  ...{ id: 'age-1', execution: 'none', maximum: { minutes: 1, dollars: 1 } },
  start: startSchema.parse({ task: 'age', data: 'people' }),
});
const started: Training = { ...draft, kind: 'training', createdAt: now, updatedAt: now };
const pace = { examplesPerSecond: 12, estimatedEnd: now };
const done: Training = {
  ...started,
  status: 'done',
  used: { seconds: 12, dollars: 0.02 },
  progress: { phase: 'training', step: 40, steps: 40, ...pace },
  result: { version: 'v1', promoted: false, why: 'Too few labelled test faces.', report: 'report.html' },
};

describe('the progress of a training', () => {
  const at = (progress: Partial<Training['progress']>) =>
    describeProgress({
      ...started,
      status: 'training',
      progress: { phase: 'training', step: 36, steps: 54, ...pace, ...progress },
    });

  it('says what is counted', () => {
    assert.match(
      at({ phase: 'features' }),
      /^training, computing the features of 36 of 54 faces, 12 faces\/s/,
    );
    assert.match(at({ smoothed: 3.2 }), /^training, 36 of 54 steps, loss 3\.200, 12 faces\/s/);
    assert.match(at({ fold: 2 }), /^training, fold 2, 36 of 54 steps/);
  });
});

describe('the end of a training', () => {
  it('has a price only where its time costs money', () => {
    assert.match(describeEnd(done, true), /12 s of training, \$0\.02 at list price\./);
    assert.match(describeEnd(done, false), /12 s of training\.\n/);
  });

  it('says that a model that was not promoted is kept, and why', () => {
    assert.match(
      describeEnd(done, false),
      /^· age model v1 is kept, but not in service\..*\nToo few labelled test faces\.$/s,
    );
  });

  it('names the commands that show the report, promote the model and fetch the curves', () => {
    assert.deepEqual(describeNext(done, ' --aws').split('\n'), [
      'Report            npm run models -- show age v1 --report report.html --aws',
      'Put into service  npm run models -- promote age v1 --aws',
      'Curves            npm run train -- logs age-1 --aws',
    ]);
    const promoted = { ...done, result: { version: 'v1', promoted: true, why: '', report: '' } };
    assert.doesNotMatch(describeNext(promoted, ''), /promote/);
    assert.equal(describeNext({ ...started, status: 'cancelled' }, ''), '');
  });

  it('is listed with the version that was made', () => {
    assert.match(describeLine(done), /done {2}v1 {2}not promoted$/);
  });
});
