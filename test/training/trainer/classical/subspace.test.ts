import assert from 'node:assert/strict';
import { it } from 'node:test';
import { multiply } from '../../../../training/trainer/classical/rows.ts';
import { principalSubspace } from '../../../../training/trainer/classical/subspace.ts';
import { randomFor } from '../../../../training/trainer/random.ts';

it('a subspace has an orthonormal basis, of rows that hardly differ in most directions, too', async () => {
  const random = randomFor(1, 'rows');
  const [rows, columns, size] = [200, 472, 96];
  // Variance falls by a seventh from each direction to the next: by 10⁶ to the last one that is kept.
  const data = Float32Array.from(
    { length: rows * columns },
    (_, index) => (random() - 0.5) * 0.93 ** (index % columns),
  );
  const basis = await principalSubspace({ data, rows, columns }, size, 1);
  const products = await multiply(basis, basis, { transposed: true });
  for (const [index, value] of products.data.entries()) {
    const expected = Number(index % size === Math.floor(index / size));
    assert.ok(Math.abs(value - expected) < 1e-3, `${value} at ${index}`);
  }
  const kept = await multiply({ data, rows, columns }, basis);
  const energy = (values: Float32Array) => values.reduce((sum, value) => sum + value * value, 0);
  assert.ok(energy(kept.data) > 0.999 * energy(data));
});

it('rows that do not differ have no direction, as where a part of all faces is black', async () => {
  const [rows, columns, size] = [40, 100, 8];
  const basis = await principalSubspace({ data: new Float32Array(rows * columns), rows, columns }, size, 1);
  assert.ok(basis.data.every((value) => value === 0));
});
