import assert from 'node:assert/strict';
import { test } from 'node:test';
import { planAnnotation } from '../../vision/annotation-plan.ts';
import { intersection } from '../../vision/bounding-box.ts';

const photo = { width: 1200, height: 800 };
const face = { x: 100, y: 200, width: 120, height: 150 };
const words = ['34 (28–41)', 'F 97 %'];

/** As if every letter were half as wide as high. */
const setText = (lines: readonly string[], size: number) => ({
  width: Math.max(...lines.map(({ length }) => (length * size) / 2)),
  height: lines.length * size,
  lines,
});

test('numbers the faces where there are several, as the table and the page do', async () => {
  const linesOf = async (count: number) => {
    const faces = Array.from({ length: count }, (_, i) => ({ box: { ...face, x: 100 + 400 * i }, words }));
    const { labels } = await planAnnotation(faces, photo, setText);
    return labels.map(({ text }) => text.lines.join('  '));
  };
  assert.deepEqual(await linesOf(1), ['34 (28–41)  F 97 %']);
  assert.deepEqual(await linesOf(2), ['#1  34 (28–41)  F 97 %', '#2  34 (28–41)  F 97 %']);
});

test('puts labels where they hide neither faces nor each other, within the photo', async () => {
  const faces = Array.from({ length: 6 }, (_, i) => ({ box: { ...face, x: 20 + 170 * i }, words }));
  const { boxes, labels } = await planAnnotation(faces, photo, setText);
  assert.equal(labels.length, 6);
  const places = [...boxes, ...labels.map(({ box }) => box)];
  for (const [index, place] of places.entries()) {
    assert.ok(place.x >= 0 && place.y >= 0 && place.x + place.width <= photo.width);
    for (const other of places.slice(index + 1)) assert.ok(intersection(place, other) < 1);
  }
});

test('leaves a face without words with its box alone, and keeps the numbers of the others', async () => {
  const faces = [
    { box: face, words: [] },
    { box: { ...face, x: 500 }, words },
  ];
  const { boxes, labels } = await planAnnotation(faces, photo, setText);
  assert.equal(boxes.length, 2);
  assert.match(labels.map(({ text }) => text.lines.join()).join(), /^#2 /);
});
