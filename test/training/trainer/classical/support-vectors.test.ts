import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import SVM from 'libsvm-js/asm.js';
import { predict, regress } from '../../../../training/trainer/classical/support-vectors.ts';
import { randomFor } from '../../../../training/trainer/random.ts';

const random = randomFor(1, 'regression');
const inputs = {
  data: Float32Array.from({ length: 400 }, () => 4 * random() - 2),
  rows: 200,
  columns: 2,
};
const pairs = Array.from({ length: inputs.rows }, (_, row) =>
  Array.from(inputs.data.subarray(2 * row, 2 * row + 2)),
);
/** A hill. */
const numbers = pairs.map(([x = 0, y = 0]) => 30 + 20 * Math.exp(-(x * x + y * y)));

describe('support vector regression', () => {
  it('follows a curve, of faces that are left out, too', () => {
    const train = { data: inputs.data.subarray(0, 300), rows: 150, columns: 2 };
    const regression = regress(train, numbers.slice(0, 150), { gamma: 2, cost: 10, tolerance: 0.05 });
    const predictions = predict(regression, inputs);
    const errors = predictions.map((value, index) => Math.abs(value - (numbers[index] ?? 0)));
    assert.ok(Math.max(...errors.slice(0, 150)) < 2, `${Math.max(...errors.slice(0, 150))}`);
    const left = errors.slice(150).reduce((sum, error) => sum + error, 0) / 50;
    assert.ok(left < 1, `${left}`);
    assert.ok(regression.vectors.rows < 150, 'what is predicted well enough is no support vector');
  });

  it("is LIBSVM's", () => {
    const [gamma, cost, tolerance] = [2, 1, 0.25];
    const predictions = predict(regress(inputs, numbers, { gamma, cost, tolerance }), inputs);
    const mean = numbers.reduce((sum, value) => sum + value, 0) / numbers.length;
    const deviation = Math.sqrt(
      numbers.reduce((sum, value) => sum + (value - mean) ** 2, 0) / numbers.length,
    );
    const middles = [0, 1].map(
      (axis) => pairs.reduce((sum, pair) => sum + (pair[axis] ?? 0), 0) / pairs.length,
    );
    const variance =
      pairs.reduce(
        (sum, pair) => sum + pair.reduce((all, value, axis) => all + (value - (middles[axis] ?? 0)) ** 2, 0),
        0,
      ) / pairs.length;
    const machine = new SVM({
      ...{ type: SVM.SVM_TYPES.EPSILON_SVR, kernel: SVM.KERNEL_TYPES.RBF, gamma: gamma / variance },
      ...{ cost, epsilon: tolerance, cacheSize: 100, shrinking: true, quiet: true },
    });
    machine.train(
      pairs,
      numbers.map((value) => (value - mean) / deviation),
    );
    const expected = machine.predict(pairs).map((value) => mean + deviation * value);
    machine.free();
    for (const [index, value] of predictions.entries()) {
      assert.ok(Math.abs(value - (expected[index] ?? 0)) < 1e-3, `${value}, ${expected[index]}`);
    }
  });
});
