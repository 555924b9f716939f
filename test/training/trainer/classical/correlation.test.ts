import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { correlate, predictLeftOut } from '../../../../training/trainer/classical/correlation.ts';
import { meanOf, type Rows, without } from '../../../../training/trainer/classical/rows.ts';
import { randomFor } from '../../../../training/trainer/random.ts';

function view(values: readonly (readonly number[])[]): Rows {
  const columns = values[0]?.length ?? 0;
  const rows = { data: Float32Array.from(values.flat()), rows: values.length, columns };
  return without(rows, meanOf(rows));
}

describe('canonical correlation', () => {
  const random = randomFor(1, 'test');
  const hidden = Array.from({ length: 400 }, () => [random() - 0.5, random() - 0.5] as const);

  it('of views that share a direction finds it, and no other', async () => {
    const first = view(hidden.map(([shared]) => [shared + random(), random(), 2 * shared]));
    const second = view(hidden.map(([shared]) => [random(), -3 * shared]));
    const { correlations } = await correlate(first, second, { size: 2, ridge: [1e-6, 1e-6] });
    assert.ok((correlations[0] ?? 0) > 0.999, `${correlations}`);
    assert.ok((correlations[1] ?? 1) < 0.2, `${correlations}`);
  });

  it('of single columns is their correlation', async () => {
    const pairs = hidden.map(([one, other]) => [one, 0.5 * one + other] as const);
    const { correlations } = await correlate(view(pairs.map(([x]) => [x])), view(pairs.map(([, y]) => [y])), {
      size: 1,
      ridge: [0, 0],
    });
    // Of x and x / 2 + y, both as wide: 1 / √5.
    assert.ok(Math.abs((correlations[0] ?? 0) - 1 / Math.sqrt(5)) < 0.06, `${correlations}`);
  });
});

it('leaving each row out in one go says what learning from the others does', async () => {
  const values = [1, 2, 4, 7, 11];
  const inputs = view(values.map((x) => [x]));
  const targets = view([[2], [1], [5], [6], [12]]);
  const { data } = await predictLeftOut(inputs, targets, 0);
  const raw = [2, 1, 5, 6, 12];
  const mean = raw.reduce((sum, y) => sum + y, 0) / raw.length;
  for (const [left, x] of values.entries()) {
    const others = values.flatMap((value, index) =>
      index === left ? [] : [[value, raw[index] ?? 0] as const],
    );
    const middle = [0, 1].map((axis) => others.reduce((sum, pair) => sum + (pair[axis] ?? 0), 0) / 4) as [
      number,
      number,
    ];
    const slope =
      others.reduce((sum, [a, b]) => sum + (a - middle[0]) * (b - middle[1]), 0) /
      others.reduce((sum, [a]) => sum + (a - middle[0]) ** 2, 0);
    const expected = middle[1] + slope * (x - middle[0]) - mean;
    assert.ok(Math.abs((data[left] ?? 0) - expected) < 1e-3, `${data[left]} ${expected}`);
  }
});
