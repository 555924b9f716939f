import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { describe, it } from 'node:test';
import { FACE_EXTENT } from '../../../training/dataset/prepared.ts';
import expected from '../../../training/distillation/chips.json' with { type: 'json' };
import { cutChips } from '../../../vision/chips.ts';

describe('chips.json, which chips.py is checked against whenever it judges a network,', () => {
  for (const { kept, side, extent, sha256 } of expected) {
    it(`has the chip that the pipeline cuts: ${side} px, ${extent} times the face, out of ${kept} px`, () => {
      const data = Uint8Array.from({ length: kept * kept * 3 }, (_, index) => (index * 7919) >> 5);
      const frame = { centre: { x: kept / 2, y: kept / 2 }, size: kept / FACE_EXTENT, roll: 0 };
      const chip = cutChips({ data, width: kept, height: kept }, frame, [{ side, extent }]);
      assert.equal(createHash('sha256').update(chip).digest('hex'), sha256);
    });
  }
});
