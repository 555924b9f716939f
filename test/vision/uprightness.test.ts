import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Point } from '../../vision/engine.ts';
import { uprightness } from '../../vision/uprightness.ts';
import { ASTRONAUT_LANDMARKS } from './astronaut.ts';

function turn(points: readonly Point[], degrees: number): Point[] {
  const angle = (degrees * Math.PI) / 180;
  const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
  return points.map(({ x, y }) => ({ x: x * cos - y * sin, y: x * sin + y * cos }));
}

test('a face seen from the front is as upright as it is held', () => {
  const of = (degrees: number) => uprightness({ landmarks: turn(ASTRONAUT_LANDMARKS, degrees) });
  assert.ok(of(0) > 0.98);
  assert.ok(Math.abs(of(60) - 0.5) < 0.1);
  assert.ok(Math.abs(of(90)) < 0.1);
  assert.ok(of(180) < -0.98);
});

test('neither the size of a face nor its place counts', () => {
  const elsewhere = ASTRONAUT_LANDMARKS.map(({ x, y }) => ({ x: 3 * x - 900, y: 3 * y + 40 }));
  const difference = uprightness({ landmarks: elsewhere }) - uprightness({ landmarks: ASTRONAUT_LANDMARKS });
  assert.ok(Math.abs(difference) < 1e-9);
});

test('landmarks that make no face are not upright', () => {
  const [leftEye, rightEye, nose, leftMouth, rightMouth] = ASTRONAUT_LANDMARKS;
  assert.ok(leftEye && rightEye && nose && leftMouth && rightMouth);
  // Upside down, with eyes and mouth named as if it were not: what a detector may make of such a face.
  assert.ok(uprightness({ landmarks: [leftMouth, rightMouth, nose, leftEye, rightEye] }) < 0.5);
  assert.equal(uprightness({ landmarks: [nose, nose, nose, nose, nose] }), 0);
});
