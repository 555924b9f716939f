import assert from 'node:assert/strict';
import { test } from 'node:test';
import { deviation } from 'd3-array';
import sharp from 'sharp';
import { randomFor } from '../../training/trainer/random.ts';
import { clip } from '../../vision/bounding-box.ts';
import { type ChipSpec, chipBytes, chipsOf, usualViews } from '../../vision/chip-spec.ts';
import { cutAligned, cutChips, selectChips, viewChips } from '../../vision/chips.ts';
import type { Pixels } from '../../vision/engine.ts';

const SPEC: ChipSpec = { side: 112, extent: 1 };

/** A smooth picture in which every part looks different. */
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

function meanDifference(one: Uint8Array, other: Uint8Array): number {
  assert.equal(one.length, other.length);
  return one.reduce((sum, value, index) => sum + Math.abs(value - (other[index] ?? 0)), 0) / one.length;
}

for (const size of [40, 112, 150, 190, 300, 440, 700, 1100]) {
  test(`cuts a square of ${size} pixels as libvips resamples it`, async () => {
    const image = gradient(1300, 1200);
    const [left, top] = [30, 20];
    const own = cutAligned(image, { centre: { x: left + size / 2, y: top + size / 2 }, size, roll: 0 }, SPEC);
    const reference = await sharp(image.data, { raw: { width: 1300, height: 1200, channels: 3 } })
      .extract({ left, top, width: size, height: size })
      .resize({ width: 112, height: 112, fit: 'fill', kernel: 'linear' })
      .raw()
      .toBuffer();
    assert.ok(meanDifference(own, reference) < 1);
  });
}

for (const { size, samples } of [
  { size: 224, samples: 2 },
  { size: 336, samples: 3 },
  { size: 1100, samples: 3 },
]) {
  test(`the grain of a face of ${size} pixels is averaged over ${samples} × ${samples} of them`, () => {
    const random = randomFor('grain');
    const data = Uint8Array.from({ length: 1200 * 1200 * 3 }, () => 78 + 100 * random());
    const frame = { centre: { x: 600, y: 600 }, size, roll: 0 };
    const chip = cutAligned({ data, width: 1200, height: 1200 }, frame, SPEC);
    const grain = deviation(data) ?? 0;
    const left = deviation(chip) ?? 0;
    assert.ok(Math.abs(left - grain / samples) < 0.05 * grain, `${left} of ${grain} is left`);
  });
}

test('a turned face comes out upright', async () => {
  const upright = gradient(300, 300);
  const degrees = 20;
  const { data, info } = await sharp(upright.data, { raw: { width: 300, height: 300, channels: 3 } })
    .rotate(degrees, { background: '#000' })
    .raw()
    .toBuffer({ resolveWithObject: true });
  const turned = { data, width: info.width, height: info.height };
  const frame = { centre: { x: 150, y: 150 }, size: 120, roll: 0 };
  const middle = { x: info.width / 2, y: info.height / 2 };
  const chip = cutAligned(upright, frame, SPEC);
  const roll = (degrees * Math.PI) / 180;
  assert.ok(meanDifference(cutAligned(turned, { ...frame, centre: middle, roll }, SPEC), chip) < 3);
  assert.ok(meanDifference(cutAligned(turned, { ...frame, centre: middle }, SPEC), chip) > 10);
});

test('a greater extent shows more around the face, which is as much smaller', () => {
  const image = gradient(400, 400);
  const frame = { centre: { x: 200, y: 200 }, size: 100, roll: 0.1 };
  const near = cutAligned(image, frame, { side: 56, extent: 1 });
  const far = cutAligned(image, frame, { side: 112, extent: 2 });
  const middle = Buffer.concat(
    Array.from({ length: 56 }, (_, row) =>
      far.subarray(((row + 28) * 112 + 28) * 3, ((row + 28) * 112 + 84) * 3),
    ),
  );
  assert.ok(meanDifference(near, middle) < 1);
});

test('beyond the edges the outermost pixels go on', () => {
  const data = new Uint8Array(100 * 50 * 3).fill(200);
  const image = { data, width: 100, height: 50 };
  for (const centre of [
    { x: 0, y: 0 },
    { x: 100, y: 25 },
    { x: 300, y: -300 },
  ]) {
    const chip = cutAligned(image, { centre, size: 80, roll: 0.3 }, SPEC);
    assert.ok(chip.every((value) => value === 200));
  }
  const dot = { data: Uint8Array.of(10, 20, 30), width: 1, height: 1 };
  assert.deepEqual(
    [...cutAligned(dot, { centre: { x: 0, y: 0 }, size: 0, roll: 0 }, { side: 2, extent: 1 })],
    [10, 20, 30, 10, 20, 30, 10, 20, 30, 10, 20, 30],
  );
});

test('chips are written one after another', () => {
  const image = gradient(200, 200);
  const frame = { centre: { x: 90, y: 100 }, size: 70, roll: 0 };
  const wide = { side: 56, extent: 1.3 };
  const chips = new Uint8Array(10 + chipBytes(SPEC) + chipBytes(wide));
  cutChips(image, frame, [SPEC, wide], chips, 10);
  assert.ok(chips.subarray(0, 10).every((value) => value === 0));
  assert.deepEqual(chips.subarray(10, 10 + chipBytes(SPEC)), cutAligned(image, frame, SPEC));
  assert.ok(meanDifference(chips.subarray(10 + chipBytes(SPEC)), cutAligned(image, frame, wide)) < 1);
});

test('a large face that reaches out of a photo goes on with its outermost pixels', () => {
  const image = { data: new Uint8Array(2000 * 1500 * 3), width: 2000, height: 1500 };
  for (let pixel = 0; pixel < 2000 * 1500; pixel++) image.data[pixel * 3] = pixel % 2000 < 1000 ? 40 : 200;
  const redAt = (chip: Uint8Array, column: number) => chip[(56 * 112 + column) * 3];
  const left = cutAligned(image, { centre: { x: 0, y: 700 }, size: 600, roll: 0 }, SPEC);
  assert.deepEqual([redAt(left, 0), redAt(left, 56), redAt(left, 111)], [40, 40, 40]);
  const right = cutAligned(image, { centre: { x: 2000, y: 1500 }, size: 3000, roll: 0 }, SPEC);
  assert.deepEqual([redAt(right, 0), redAt(right, 30), redAt(right, 111)], [40, 200, 200]);
  const beyond = cutAligned(image, { centre: { x: 3000, y: 3000 }, size: 600, roll: 0.5 }, SPEC);
  assert.ok(beyond.every((value, index) => value === (index % 3 === 0 ? 200 : 0)));
});

test('of the chips that were cut those that are wanted are chosen, face by face', () => {
  const image = gradient(300, 300);
  const [small, large, shifted]: ChipSpec[] = [
    { side: 16, extent: 1 },
    { side: 32, extent: 1.4 },
    { side: 16, extent: 1, shift: [0.1, -0.1] },
  ];
  assert.ok(small && large && shifted);
  const frames = [80, 170].map((x) => ({ centre: { x, y: 140 }, size: 60, roll: 0.1 }));
  const cut = (...specs: ChipSpec[]) =>
    Buffer.concat(frames.flatMap((frame) => specs.map((spec) => cutAligned(image, frame, spec))));
  const all = cut(small, large, shifted);
  assert.equal(selectChips(all, [small, large, shifted], [small, large, shifted]), all);
  assert.deepEqual(
    Buffer.from(selectChips(all, [small, large, shifted], [shifted, small])),
    cut(shifted, small),
  );
  // Cut again out of the widest, and nearly the same.
  for (const missing of [shifted, { side: 24, extent: 1.2 }, { side: 64, extent: 1.4 }]) {
    const again = selectChips(cut(small, large), [small, large], [missing]);
    assert.ok(meanDifference(again, cut(missing)) < 2);
  }
  assert.deepEqual(selectChips(new Uint8Array(), [small], [large]), new Uint8Array());
  assert.throws(() => selectChips(new Uint8Array(5), [small], [large]), /multiple of 768 bytes/);
});

test('boxes that reach beyond the image are clipped', () => {
  assert.deepEqual(clip({ x: -10, y: 40, width: 30, height: 30 }, { width: 100, height: 50 }), {
    x: 0,
    y: 40,
    width: 20,
    height: 10,
  });
});

test('mirroring twice gives the chips back', () => {
  const image = gradient(300, 300);
  const bytes = chipBytes(SPEC);
  const cut = (x: number) => cutAligned(image, { centre: { x, y: 120 }, size: 112, roll: 0.2 }, SPEC);
  const chips = [cut(80), cut(180)];
  const views = [{ extent: 1 }, { extent: 1, mirrored: true }];
  const both = viewChips(Buffer.concat(chips), SPEC.side, views);
  for (const [index, chip] of chips.entries()) {
    const mirrored = both.slice((2 * index + 1) * bytes, (2 * index + 2) * bytes);
    assert.deepEqual(both.slice(2 * index * bytes, (2 * index + 1) * bytes), chip);
    assert.deepEqual(viewChips(mirrored, SPEC.side, views).slice(bytes), chip);
    assert.notDeepEqual(mirrored, chip);
  }
});

test('the usual views are the middle, with its mirror image, or with the corners', () => {
  assert.deepEqual(usualViews(1.6, 1), [{ extent: 1.6 }]);
  assert.deepEqual(
    usualViews(1.6, 2).map(({ mirrored = false }) => mirrored),
    [false, true],
  );
  assert.equal(new Set(usualViews(1.6, 10).map((view) => JSON.stringify(view))).size, 10);
  assert.equal(chipsOf(160, usualViews(1.6, 10)).length, 5);
});
