import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { DetectedFace, Pixels } from '../../vision/engine.ts';
import { type Turn, turnBack, turnImage } from '../../vision/turn.ts';

const TURNS: readonly Turn[] = [0, 1, 2, 3];
const [WIDTH, HEIGHT] = [7, 4];
/** The pixel that is white, all others being black. */
const SPOT = { x: 5, y: 1 };

function spotted(): Pixels {
  const data = new Uint8Array(WIDTH * HEIGHT * 3);
  data.fill(255, (SPOT.y * WIDTH + SPOT.x) * 3, (SPOT.y * WIDTH + SPOT.x + 1) * 3);
  return { data, width: WIDTH, height: HEIGHT };
}

/** A face whose box is the white pixel, its first landmark the pixel's top left, the last its lower right. */
function faceAtSpot({ data, width }: Pixels): DetectedFace {
  const index = data.indexOf(255) / 3;
  const [x, y] = [index % width, Math.floor(index / width)];
  const landmarks = [0, 0.25, 0.5, 0.75, 1].map((share) => ({ x: x + share, y: y + share }));
  return { box: { x, y, width: 1, height: 1 }, confidence: 0.9, landmarks };
}

describe('turning', () => {
  for (const turn of TURNS) {
    it(`finds the way back from ${turn} quarter turns`, async () => {
      const turned = await turnImage(spotted(), turn);
      assert.equal(turned.width, turn % 2 === 0 ? WIDTH : HEIGHT);
      const { box, landmarks } = turnBack(faceAtSpot(turned), turn, { width: WIDTH, height: HEIGHT });
      assert.deepEqual(box, { ...SPOT, width: 1, height: 1 });
      const [first, , middle] = landmarks;
      assert.deepEqual(middle, { x: SPOT.x + 0.5, y: SPOT.y + 0.5 });
      // What is top left in the turned image is the next corner anticlockwise with each turn.
      const corners = [
        [0, 0],
        [0, 1],
        [1, 1],
        [1, 0],
      ].map(([x = 0, y = 0]) => ({ x: SPOT.x + x, y: SPOT.y + y }));
      assert.deepEqual(first, corners[turn]);
    });
  }

  it('is clockwise', async () => {
    const { data, width } = await turnImage(spotted(), 1);
    const index = data.indexOf(255) / 3;
    assert.deepEqual([index % width, Math.floor(index / width)], [HEIGHT - 1 - SPOT.y, SPOT.x]);
  });
});
