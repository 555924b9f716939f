import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { faceSchema } from '../../../attributes/face.ts';
import { withinRoom } from '../../../functions/estimate/room.ts';

/** Own attributes of a face: so many of 24 classes with long names. */
const partOf = (attributes: number) => {
  const classes = Array.from({ length: 24 }, (_, index) => `${index}${'長'.repeat(38)}`);
  const told = {
    value: classes[0],
    probabilities: Object.fromEntries(classes.map((each) => [each, 0.0417])),
    model: { name: 'transfer', version: 'headwear-20260131-120000-3f9c' },
  };
  const names = Array.from({ length: attributes }, (_, index) => [`headwear_${index}`, told]);
  return { attributes: Object.fromEntries(names) };
};

describe('own attributes of a crowd', () => {
  it('are those of the largest faces that an announcement has room for', () => {
    const parts = withinRoom(Array.from({ length: 100 }, () => partOf(5)));
    const bytes = Buffer.byteLength(JSON.stringify(parts));
    assert.ok(bytes < 145_000, `${bytes} bytes`);
    assert.equal(parts.length, 100);
    const told = parts.map(({ attributes }) => Object.keys(attributes as object).length);
    assert.equal(told[0], 5);
    assert.equal(told.at(-1), 0);
    assert.deepEqual(
      told,
      told.toSorted((one, other) => other - one),
    );
    for (const part of parts) assert.ok(faceSchema.shape.attributes.safeParse(part.attributes).success);
  });

  it('are all there as long as there is room', () => {
    const parts = Array.from({ length: 10 }, () => partOf(3));
    assert.deepEqual(withinRoom(parts), parts);
  });
});
