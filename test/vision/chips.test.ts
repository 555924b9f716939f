import assert from 'node:assert/strict';
import { test } from 'node:test';
import sharp from 'sharp';
import { clip, cutChip, withMirrored } from '../../vision/chips.ts';
import { CHIP_BYTES, CHIP_SIDE, type Pixels } from '../../vision/engine.ts';
import { resample } from '../../vision/resample.ts';

/** A smooth picture of which every part looks different. */
function gradient(width: number, height: number): Pixels {
  const data = new Uint8Array(width * height * 3);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      data.set(
        [(255 * x) / width, (255 * y) / height, 127 + 127 * Math.sin((x + y) / 40)],
        (y * width + x) * 3,
      );
    }
  }
  return { data, width, height };
}

test('resamples as libvips does, up and down', async () => {
  const image = gradient(640, 480);
  for (const [left, top, width, height] of [
    [10, 20, 40, 30],
    [100, 50, 112, 84],
    [0, 0, 224, 300],
    [0, 0, 640, 480],
  ] as const) {
    const target = { width: 112, height: Math.round((112 * height) / width) };
    const own = resample(image, { x: left, y: top, width, height }, target.width, target.height);
    const reference = await sharp(image.data, { raw: { width: 640, height: 480, channels: 3 } })
      .extract({ left, top, width, height })
      .resize({ ...target, fit: 'fill', kernel: 'linear' })
      .raw()
      .toBuffer();
    const difference =
      reference.reduce((sum, value, index) => sum + Math.abs(value - (own.data[index] ?? 0)), 0) /
      reference.length;
    assert.ok(difference < 1, `mean difference ${difference} for ${width} × ${height}`);
  }
});

test('a chip keeps the aspect ratio, is black beside it, and knows where it lies', () => {
  const image = { ...gradient(200, 200), data: new Uint8Array(200 * 200 * 3).fill(200) };
  const chip = cutChip(image, { x: 50, y: 20, width: 60, height: 120 });
  const at = (x: number, y: number) => chip.data[(y * CHIP_SIDE + x) * 3];
  assert.equal(chip.data.length, CHIP_BYTES);
  assert.deepEqual([at(10, 56), at(27, 56), at(56, 0), at(83, 56), at(100, 56)], [0, 0, 200, 200, 0]);
  // The chip's middle is the box's middle.
  assert.ok(Math.abs(CHIP_SIDE / 2 / chip.scale + chip.left - 80) < 0.01);
  assert.ok(Math.abs(CHIP_SIDE / 2 / chip.scale + chip.top - 80) < 0.01);
});

test('boxes that reach beyond the image are clipped, and ones outside it make a black chip', () => {
  const image = gradient(100, 50);
  assert.deepEqual(clip({ x: -10, y: 40, width: 30, height: 30 }, image), {
    x: 0,
    y: 40,
    width: 20,
    height: 10,
  });
  assert.ok(cutChip(image, { x: 300, y: 300, width: 30, height: 30 }).data.every((value) => value === 0));
  assert.ok(cutChip(image, { x: -10, y: 40, width: 30, height: 30 }).data.some((value) => value > 0));
  cutChip(image, { x: 99.5, y: 49.5, width: 0.2, height: 0.2 });
});

test('mirroring twice gives the chips back', () => {
  const chips = Buffer.concat([
    cutChip(gradient(300, 300), { x: 0, y: 0, width: 112, height: 112 }).data,
    cutChip(gradient(300, 300), { x: 90, y: 40, width: 150, height: 112 }).data,
  ]);
  const both = withMirrored(chips);
  const mirrored = (index: number) =>
    both.subarray((2 * index + 1) * CHIP_BYTES, (2 * index + 2) * CHIP_BYTES);
  for (const index of [0, 1]) {
    const chip = chips.subarray(index * CHIP_BYTES, (index + 1) * CHIP_BYTES);
    assert.deepEqual(
      both.subarray(2 * index * CHIP_BYTES, (2 * index + 1) * CHIP_BYTES),
      new Uint8Array(chip),
    );
    assert.deepEqual(withMirrored(mirrored(index)).subarray(CHIP_BYTES), new Uint8Array(chip));
    assert.notDeepEqual(mirrored(index), new Uint8Array(chip));
  }
});
