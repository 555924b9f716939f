import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { describe, it } from 'node:test';
import sharp from 'sharp';
import type { BoundingBox } from '../../../vision/engine.ts';
import { fixtures, samples } from '../../fixtures/index.ts';
import { assertProblem, Client } from './client.ts';

const client = await Client.create();

async function keep(file: string, contentType = 'image/jpeg'): Promise<{ id: string; boxes: BoundingBox[] }> {
  const id = await client.upload(new Uint8Array(await readFile(file)), contentType);
  const { faces = [] } = await client.result(id);
  return { id, boxes: faces.map(({ box }) => box) };
}

async function image(id: string, query = ''): Promise<Buffer> {
  const answer = await client.send('GET', `photos/${id}/image${query}`);
  assert.equal(answer.status, 200, answer.bytes.toString());
  assert.equal(answer.headers.get('content-type'), 'image/jpeg');
  assert.equal(answer.headers.get('cache-control'), 'private, no-store');
  return answer.bytes;
}

/** How much two pictures differ inside a box: the mean difference of a channel, 0 to 255. */
async function difference(one: Buffer, other: Buffer, { x, y, width, height }: BoundingBox): Promise<number> {
  const region = {
    left: Math.round(x),
    top: Math.round(y),
    width: Math.round(width),
    height: Math.round(height),
  };
  const [a, b] = await Promise.all(
    [one, other].map((bytes) => sharp(bytes).extract(region).raw().toBuffer()),
  );
  if (!a || !b) throw new Error('Expected two pictures.');
  return a.reduce((sum, value, index) => sum + Math.abs(value - (b[index] ?? 0)), 0) / a.length;
}

/** How much there is to see inside a box: the mean difference of pixels from their surroundings. */
async function detail(bytes: Buffer, box: BoundingBox): Promise<number> {
  return difference(bytes, await sharp(bytes).blur(3).png().toBuffer(), box);
}

describe('GET /photos/{id}/image', () => {
  it('is a JPEG of any photo, upright, without metadata', async () => {
    const { id } = await keep(samples.lincoln);
    const { format, width, height, exif, orientation } = await sharp(await image(id)).metadata();
    assert.deepEqual([format, width, height, exif, orientation], ['jpeg', 914, 1200, undefined, undefined]);
    const alpha = await keep(await fixtures.alpha(), 'image/png');
    assert.equal((await sharp(await image(alpha.id)).metadata()).channels, 3);
  });

  it('is no larger than 2,048 pixels', async () => {
    const { id } = await keep(await fixtures.panorama());
    for (const query of ['', '?variant=annotated', '?blurred']) {
      const { width, height } = await sharp(await image(id, query)).metadata();
      assert.deepEqual([width, height], [2048, 205], query);
    }
  });

  it('has boxes around the faces where asked for', async () => {
    const { id, boxes } = await keep(samples.hopper);
    const [original, annotated] = [await image(id), await image(id, '?annotated')];
    assert.deepEqual(annotated, await image(id, '?variant=annotated'));
    const [box] = boxes;
    assert.ok(box);
    const edge = { x: box.x - 1, y: box.y, width: 3, height: box.height };
    assert.ok((await difference(original, annotated, edge)) > 40);
    const inside = { x: box.x + 20, y: box.y + 20, width: box.width - 40, height: box.height - 40 };
    assert.ok((await difference(original, annotated, inside)) < 4);
  });

  it('shows no face where they are to be blurred, and all the rest', async () => {
    const { id, boxes } = await keep(samples.oath);
    const [original, blurred] = [await image(id), await image(id, '?blurred')];
    assert.ok(boxes.length >= 7);
    for (const box of boxes) assert.ok((await difference(original, blurred, box)) > 5);
    assert.ok((await difference(original, blurred, { x: 500, y: 600, width: 800, height: 200 })) < 2);
    for (const box of boxes.filter(({ width }) => width > 60)) {
      const [before, after] = await Promise.all([original, blurred].map((bytes) => detail(bytes, box)));
      assert.ok(after !== undefined && before !== undefined && after < before / 4, `${before} to ${after}`);
    }
  });

  it('is not blurred as long as some faces are not known', async () => {
    const { id } = await keep(await fixtures.crowd());
    assertProblem(await client.send('GET', `photos/${id}/image?blurred`), 'too-many-faces');
    await image(id, '?annotated');
  });

  it('is there when the photo is', async () => {
    const { id } = await client.prepare({ contentType: 'image/jpeg' });
    const answer = await client.send('GET', `photos/${id}/image`);
    assert.equal(answer.status, 409);
    assertProblem(answer, 'not-ready');
    const unknown = await client.send('GET', `photos/${id}/image?variant=drawn`);
    assert.equal(assertProblem(unknown, 'invalid-request').errors?.[0]?.field, 'variant');
  });
});
