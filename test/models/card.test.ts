import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { modelCardSchema } from '../../models/card.ts';
import { ageDraft } from './card.ts';

describe('the card of a model', () => {
  const file = { bytes: 1, sha256: 'a'.repeat(64) };
  const card = { ...ageDraft('1'), files: { 'model.onnx': file } };
  const interval = { lower: 0.1, upper: 0.9, margin: 0, faces: 1 };
  const view = { extent: 1 };

  it('is read', () => {
    const bands = [0, 13, 60].map((from) => ({ from, margin: 0 }));
    assert.ok(modelCardSchema.safeParse({ ...card, interval: { ...interval, bands } }).success);
  });

  it('is refused when it asks for more than a photo can be cut into, or for intervals the wrong way round', () => {
    const bands = [13, 0].map((from) => ({ from, margin: 0 }));
    for (const [field, changes] of Object.entries({
      views: { views: Array.from({ length: 33 }, () => view) },
      extent: { views: [{ extent: 1000 }] },
      shift: { views: [{ ...view, shift: [20, 0] }] },
      lower: { interval: { ...interval, lower: 0.9, upper: 0.1 } },
      bands: { interval: { ...interval, bands } },
    })) {
      const { success, error } = modelCardSchema.safeParse({ ...card, ...changes });
      assert.ok(!success, field);
      assert.match(JSON.stringify(error.issues), /views|interval/, field);
    }
  });
});
