import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Point } from '../../vision/engine.ts';
import { frameOf } from '../../vision/frame.ts';
import { ASTRONAUT_LANDMARKS } from './astronaut.ts';

function turn(points: readonly Point[], angle: number, scale: number, by: Point): Point[] {
  const [cos, sin] = [Math.cos(angle) * scale, Math.sin(angle) * scale];
  return points.map(({ x, y }) => ({ x: x * cos - y * sin + by.x, y: x * sin + y * cos + by.y }));
}

test('the frame spans the face from jaw to jaw, its middle between brows and chin', () => {
  const { centre, size, roll } = frameOf({ landmarks: ASTRONAUT_LANDMARKS });
  assert.ok(size > 80 && size < 105, `size ${size}`);
  assert.ok(Math.abs(centre.x - 223) < 5 && Math.abs(centre.y - 124) < 8, `centre ${centre.x}, ${centre.y}`);
  assert.ok(Math.abs(roll) < 0.1);
});

test('it turns, grows and moves with the face', () => {
  const frame = frameOf({ landmarks: ASTRONAUT_LANDMARKS });
  for (const [angle, scale, by] of [
    [0.5, 1, { x: 0, y: 0 }],
    [-1.2, 0.3, { x: 40, y: -7 }],
    [3, 2.5, { x: -100, y: 900 }],
  ] as const) {
    const other = frameOf({ landmarks: turn(ASTRONAUT_LANDMARKS, angle, scale, by) });
    const [centre] = turn([frame.centre], angle, scale, by);
    assert.ok(centre && Math.hypot(other.centre.x - centre.x, other.centre.y - centre.y) < 1e-6);
    assert.ok(Math.abs(other.size - scale * frame.size) < 1e-6);
    const turned = other.roll - frame.roll - angle;
    assert.ok(Math.abs(Math.atan2(Math.sin(turned), Math.cos(turned))) < 1e-9);
  }
});

test('landmarks in one point make a frame of size 0, and too few an error', () => {
  const point = { x: 3, y: 4 };
  assert.deepEqual(frameOf({ landmarks: [point, point, point, point, point] }), {
    centre: point,
    size: 0,
    roll: 0,
  });
  assert.throws(() => frameOf({ landmarks: [point] }), /Expected five landmarks but received 1/);
});
