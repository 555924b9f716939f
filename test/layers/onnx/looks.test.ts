import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { closerLooks, combineLooks, firstLook } from '../../../layers/onnx/looks.ts';
import type { DetectedFace, Pixels } from '../../../vision/engine.ts';

/** Nothing here looks at the pixels themselves. */
const imageOf = (width: number, height: number): Pixels => ({ data: new Uint8Array(), width, height });
const face = (x: number, y: number, height: number, confidence = 0.9): DetectedFace => ({
  box: { x, y, width: height, height },
  confidence,
  landmarks: [],
});

const IMAGE = imageOf(2048, 1024);
const FIRST = firstLook(IMAGE);
const looks = (faces: readonly DetectedFace[], image = IMAGE) =>
  closerLooks(image, firstLook(image), faces, 0.35);

describe('first look', () => {
  it('takes in the whole image, made smaller, or larger only if it is tiny', () => {
    assert.deepEqual(FIRST, { region: { x: 0, y: 0, width: 2048, height: 1024 }, scale: 0.25 });
    assert.equal(firstLook(imageOf(100, 300)).scale, 1);
    assert.equal(firstLook(imageOf(48, 48)).scale, 2);
  });
});

describe('closer looks', () => {
  it('are not taken when all faces are seen well, or none is', () => {
    assert.deepEqual(looks([]), []);
    assert.deepEqual(looks([face(100, 100, 400), face(900, 100, 200)]), []);
  });

  it('are taken at a small face and its surroundings', () => {
    const [look, ...others] = looks([face(1000, 500, 40)]);
    assert.deepEqual(others, []);
    assert.deepEqual(look, { region: { x: 920, y: 420, width: 200, height: 200 }, scale: 0.625 });
  });

  it('are taken at a larger face that is not confident enough', () => {
    assert.deepEqual(looks([face(1000, 300, 200)]), []);
    assert.equal(looks([face(1000, 300, 160, 0.3)])[0]?.scale, 0.625);
  });

  it('are no finer than it takes to be sure of a larger face', () => {
    assert.equal(looks([face(1000, 300, 320, 0.3)])[0]?.scale, 100 / 320);
    assert.deepEqual(looks([face(1000, 300, 390, 0.3)]), []);
  });

  it('end at the edges of the image', () => {
    const [look] = looks([face(-5, 1000, 40)]);
    assert.deepEqual(look?.region, { x: 0, y: 920, width: 115, height: 104 });
  });

  it('are one for faces close to each other, several for faces far apart', () => {
    assert.equal(looks([face(1000, 500, 40), face(1060, 520, 40)]).length, 1);
    assert.equal(looks([face(100, 100, 40), face(1900, 900, 40), face(1840, 900, 40)]).length, 2);
  });

  it('never take in so much that memory runs short', () => {
    const crowd = Array.from({ length: 2000 }, (_, index) =>
      face((index % 50) * 40, Math.floor(index / 50) * 25, 20),
    );
    const taken = looks(crowd, imageOf(2048, 2048));
    const pixels = taken.map(({ region, scale }) => region.width * region.height * scale ** 2);
    assert.ok(taken.length > 1);
    assert.ok(Math.max(...pixels) <= 600_000);
  });

  it('enlarge small images, but not without end', () => {
    assert.equal(looks([face(50, 50, 12)], imageOf(400, 300))[0]?.scale, 2);
  });
});

describe('looks together', () => {
  const look = { region: { x: 900, y: 400, width: 500, height: 500 }, scale: 0.625 };
  const small = face(1000, 500, 40, 0.5);
  const large = face(950, 450, 400);
  const elsewhere = face(100, 100, 40);

  it('leave small faces of a region to its closer look', () => {
    const better = face(1001, 501, 41);
    const faces = combineLooks(IMAGE, FIRST, [small, large, elsewhere], [{ look, faces: [better] }]);
    assert.deepEqual(faces, [large, elsewhere, better]);
    assert.deepEqual(combineLooks(IMAGE, FIRST, [small], [{ look, faces: [] }]), []);
  });

  it('do not take the rest of a face for a face', () => {
    const cut = face(1370, 500, 60);
    assert.deepEqual(combineLooks(IMAGE, FIRST, [large], [{ look, faces: [cut] }]), [large]);
  });

  it('take faces that the edge of the image cuts', () => {
    const atEdge = { region: { x: 1800, y: 0, width: 248, height: 200 }, scale: 0.625 };
    const cut = face(2030, -10, 40);
    assert.deepEqual(combineLooks(IMAGE, FIRST, [], [{ look: atEdge, faces: [cut] }]), [cut]);
  });

  it('are the first alone where no closer one was taken', () => {
    assert.deepEqual(combineLooks(IMAGE, FIRST, [small, large], []), [small, large]);
  });
});
