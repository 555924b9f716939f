import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { suppressOverlaps } from '../../../layers/onnx/boxes.ts';
import { type HeatMap, readFaces } from '../../../layers/onnx/heat-map.ts';
import { intersectionOverUnion } from '../../../vision/bounding-box.ts';
import type { DetectedFace } from '../../../vision/engine.ts';

const [WIDTH, HEIGHT] = [6, 5];
const AREA = WIDTH * HEIGHT;

/** A map with the given confidences at (column, row). */
function mapOf(...peaks: readonly (readonly [column: number, row: number, confidence: number])[]): HeatMap {
  const confidence = new Float32Array(AREA);
  for (const [column, row, value] of peaks) {
    confidence[row * WIDTH + column] = value;
  }
  const planes = (count: number) => new Float32Array(count * AREA);
  return {
    width: WIDTH,
    height: HEIGHT,
    confidence,
    scale: planes(2),
    offset: planes(2),
    landmarks: planes(10),
  };
}

const confidences = (map: HeatMap, minimum = 0.3) =>
  readFaces(map, minimum).map(({ confidence }) => Math.round(confidence * 100) / 100);

describe('heat map', () => {
  it('gives box and landmarks in pixels of the image', () => {
    const map = mapOf([3, 2, 0.75]);
    const index = 2 * WIDTH + 3;
    map.scale.set([Math.log(5)], index);
    map.scale.set([Math.log(2.5)], AREA + index);
    map.offset.set([0.25], index);
    map.offset.set([-0.5], AREA + index);
    for (let point = 0; point < 5; point += 1) {
      map.landmarks.set([point / 10], 2 * point * AREA + index);
      map.landmarks.set([point / 5], (2 * point + 1) * AREA + index);
    }
    const [face, ...others] = readFaces(map, 0.3);
    assert.deepEqual(others, []);
    assert.equal(face?.confidence, 0.75);
    const near = (actual: number | undefined, expected: number) =>
      assert.ok(
        Math.abs((actual ?? Number.NaN) - expected) < 1e-4,
        `Expected ${expected} but received ${actual}.`,
      );
    // Height 5 × 4 and width 2.5 × 4 around (3 − 0.5 + 0.5, 2 + 0.25 + 0.5) × 4.
    near(face.box.height, 20);
    near(face.box.width, 10);
    near(face.box.x, 12 - 5);
    near(face.box.y, 11 - 10);
    for (const [point, { x, y }] of face.landmarks.entries()) {
      near(x, 7 + (point / 5) * 10);
      near(y, 1 + (point / 10) * 20);
    }
  });

  it('keeps what is confident enough', () => {
    assert.deepEqual(confidences(mapOf([1, 1, 0.25], [4, 3, 0.5])), [0.5]);
    assert.deepEqual(confidences(mapOf([1, 1, 0.5]), 0.5), [0.5]);
  });

  it('keeps peaks only, at the edges too', () => {
    assert.deepEqual(confidences(mapOf([0, 0, 0.9], [1, 0, 0.8], [1, 1, 0.7])), [0.9]);
    assert.deepEqual(confidences(mapOf([5, 4, 0.9], [4, 3, 0.8], [5, 0, 0.6], [0, 1, 0.5])), [0.6, 0.5, 0.9]);
  });
});

describe('overlapping faces', () => {
  const face = (x: number, confidence: number): DetectedFace => ({
    box: { x, y: 0, width: 10, height: 10 },
    confidence,
    landmarks: [],
  });

  it('are one: the most confident', () => {
    const [left, right, apart] = [face(0, 0.6), face(5, 0.8), face(30, 0.7)];
    assert.deepEqual(suppressOverlaps([left, right, apart], 0.3), [right, apart]);
  });

  it('that are nearly the same have a say in the box, by their confidence', () => {
    const [kept, ...others] = suppressOverlaps([face(0, 0.2), face(2, 0.6)], 0.3);
    assert.deepEqual(others, []);
    assert.equal(kept?.confidence, 0.6);
    assert.ok(Math.abs(kept.box.x - 1.5) < 1e-9);
    assert.deepEqual({ ...kept.box, x: 0 }, { ...face(0, 0.2).box, x: 0 });
  });

  it('are two below the limit', () => {
    const [left, right] = [face(0, 0.6), face(7, 0.8)];
    assert.deepEqual(suppressOverlaps([left, right], 0.3), [right, left]);
  });

  it('share their intersection over their union', () => {
    const box = { x: 0, y: 0, width: 10, height: 10 };
    assert.equal(intersectionOverUnion(box, box), 1);
    assert.equal(intersectionOverUnion(box, { ...box, x: 5 }), 50 / 150);
    assert.equal(intersectionOverUnion(box, { ...box, y: 10 }), 0);
    assert.equal(intersectionOverUnion(box, { x: 20, y: 20, width: 5, height: 5 }), 0);
  });
});
