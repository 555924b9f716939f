import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { expression } from '../../../attributes/expression/attribute.ts';
import { EXPRESSIONS, type ExpressionClass } from '../../../attributes/expression/result.ts';
import { measureFaces } from '../../../training/evaluation/measures.ts';

const model = { name: 'test', version: '1' };
const { learning, label } = expression;
const sure = (each: ExpressionClass, probability: number) =>
  EXPRESSIONS.map((name) => (name === each ? probability : (1 - probability) / 7));

describe('an expression', () => {
  it('is learned as people voted, where they did', () => {
    const round = (target: Float32Array) => [...target].map((share) => Number(share.toFixed(4)));
    const votes = { expression: 'neutral', expressionVotes: [6, 0, 1, 1, 0, 0, 0, 0] } as const;
    assert.deepEqual(round(learning.target({ ...votes, expressionVotes: [...votes.expressionVotes] })), [
      ...[0.75, 0, 0.125, 0.125],
      ...[0, 0, 0, 0],
    ]);
    assert.deepEqual(round(learning.target({ expression: 'happiness' })), [0, 1, 0, 0, 0, 0, 0, 0]);
  });

  it('was voted on by all together who saw the same picture', () => {
    const one = { expressionVotes: [6, 4, 0, 0, 0, 0, 0, 0] };
    const other = { expressionVotes: [1, 9, 0, 0, 0, 0, 0, 0] };
    assert.deepEqual(label.votes.add(one, other), {
      expression: 'happiness',
      expressionVotes: [7, 13, 0, 0, 0, 0, 0, 0],
    });
    assert.equal(label.votes.add(one, { expression: 'fear' }), undefined);
  });

  it('is told with the confidence that answers deserve', () => {
    // Nine answers in ten are right, of a network that is 99.9 % sure.
    const answers = Array.from({ length: 200 }, (_, index) => {
      const said = EXPRESSIONS[index % 8] ?? 'neutral';
      const right = index % 10 > 0;
      return {
        label: { expression: right ? said : (EXPRESSIONS[(index + 1) % 8] ?? 'neutral') },
        probabilities: sure(said, 0.999),
      };
    });
    const reading = learning.calibration.calibrate(answers);
    assert.ok(reading.temperature && reading.temperature > 1.5);
    const judged = (output: typeof reading) =>
      measureFaces(
        answers.map(({ label, probabilities }, index) => ({
          face: String(index),
          ...label,
          said: expression.read(probabilities, output, model),
        })),
      );
    const [before, after] = [judged({ output: 'expression' }), judged(reading)];
    assert.equal(before.expression, 0.9);
    assert.equal(after.expression, 0.9, 'Which is likeliest stays');
    assert.ok((before.confidenceError ?? 0) > 0.09, `${before.confidenceError}`);
    assert.ok((after.confidenceError ?? 1) < 0.02, `${after.confidenceError}`);
    assert.ok((after.smileArea ?? 0) > 0.9);
    assert.throws(() => learning.calibration.calibrate([]), /Expected labelled validation faces/);
  });
});
