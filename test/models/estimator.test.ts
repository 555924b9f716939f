import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { lookWith } from '../../models/estimator.ts';
import { chipBytes } from '../../vision/chip-spec.ts';

const input = { side: 2, extent: 1 };
const card = { name: 'network', version: '1', input, crops: 2 } as const;
const TASKS = ['age', 'gender'] as const;

/** Says the first byte of each chip, and remembers how many chips it was asked about. */
function network() {
  const asked: number[] = [];
  const estimate = async (chips: Uint8Array) => {
    const bytes = chipBytes(input);
    asked.push(chips.length / bytes);
    return Array.from({ length: chips.length / bytes }, (_, chip) => {
      const value = chips[chip * bytes] ?? 0;
      return { age: Float32Array.of(value), gender: Float32Array.of(value, 1) };
    });
  };
  return { asked, estimate };
}

/** Chips whose left pixels are `value` and whose right ones are twice as bright. */
const chipsOf = (...values: number[]) =>
  Uint8Array.from(
    values.flatMap((value) => Array.from({ length: 2 }, () => [value, 0, 0, 2 * value, 0, 0]).flat()),
  );

describe('a look at faces', () => {
  it('averages a face and its mirror image', async () => {
    const look = lookWith(network(), card, TASKS);
    assert.deepEqual(await look(chipsOf(10, 20)), [
      { age: [15], gender: [15, 1] },
      { age: [30], gender: [30, 1] },
    ]);
  });

  it('is taken once for all that ask about the same chips', async () => {
    const { asked, estimate } = network();
    const look = lookWith({ estimate }, card, TASKS);
    const chips = chipsOf(10);
    assert.equal(await look(chips), await look(chips));
    assert.deepEqual(asked, [2]);
  });
});
