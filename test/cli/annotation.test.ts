import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { execa } from 'execa';
import sharp from 'sharp';
import { annotatedPath, annotatePhoto } from '../../cli/annotation.ts';
import type { Photo } from '../../functions/shared/item.ts';
import { faces, fixtures, orientations, oriented, samples } from '../fixtures/index.ts';
import { analysed, face } from './photos.ts';

let folder: string;

before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'annotation-'));
});
after(() => rm(folder, { recursive: true }));

/** The portrait's item: its only face, and what was found out about it. */
const portrait = (years = 77): Photo =>
  analysed('portrait.jpg', [
    face({
      box: faces.portrait,
      age: { ...ageOf(face()), years },
    }),
  ]);

function ageOf({ age }: ReturnType<typeof face>) {
  assert.ok(age);
  return age;
}

interface Pixels {
  readonly data: Buffer;
  readonly width: number;
  readonly height: number;
}

async function readPixels(path: string): Promise<Pixels> {
  const { data, info } = await sharp(path)
    .autoOrient()
    .removeAlpha()
    .toColourspace('srgb')
    .raw({ depth: 'uchar' })
    .toBuffer({ resolveWithObject: true });
  return { data, width: info.width, height: info.height };
}

/** Mean difference of the pixels of a region, 0 to 255. */
function difference(
  one: Pixels,
  other: Pixels,
  left: number,
  top: number,
  width: number,
  height: number,
): number {
  assert.deepEqual([one.width, one.height], [other.width, other.height]);
  let sum = 0;
  for (let y = top; y < top + height; y += 1) {
    for (let i = (y * one.width + left) * 3; i < (y * one.width + left + width) * 3; i += 1) {
      sum += Math.abs((one.data[i] ?? 0) - (other.data[i] ?? 0));
    }
  }
  return sum / (width * height * 3);
}

async function annotate(source: string, photo: Photo, name: string): Promise<Pixels> {
  const path = join(folder, name);
  await annotatePhoto(source, photo, path);
  return readPixels(path);
}

test('draws a box around the face and a label above it, and leaves the rest as it was', async () => {
  const original = await readPixels(samples.hopper);
  const annotated = await annotate(samples.hopper, portrait(), 'portrait.jpg');
  const { x, y, width, height } = faces.portrait;
  assert.ok(difference(original, annotated, x - 1, y + 20, 2, height - 40) > 40, 'left line');
  assert.ok(difference(original, annotated, x + 20, y + height - 1, width - 40, 2) > 40, 'lower line');
  assert.ok(difference(original, annotated, x + width / 2 - 40, y - 18, 80, 14) > 40, 'label');
  assert.ok(difference(original, annotated, x + 10, y + 10, width - 20, height - 20) < 4, 'face');
  assert.ok(difference(original, annotated, 0, 400, 512, 200) < 4, 'below');
});

test('says age and gender, on a machine without fonts, too', async () => {
  const config = join(folder, 'fonts.conf');
  await writeFile(config, '<?xml version="1.0"?><fontconfig><dir>/nowhere</dir></fontconfig>');
  const script = `
    import { annotatePhoto } from ${JSON.stringify(join(import.meta.dirname, '../../cli/annotation.ts'))};
    const [source, ...rest] = process.argv.slice(1);
    for (const photo of rest) {
      const { item, path } = JSON.parse(photo);
      await annotatePhoto(source, item, path);
    }`;
  const paths = [77, 42].map((years) => ({
    item: portrait(years),
    path: join(folder, `no-fonts-${years}.png`),
  }));
  await execa(
    process.execPath,
    ['--input-type=module', '-e', script, await fixtures.png(), ...paths.map((path) => JSON.stringify(path))],
    { env: { FONTCONFIG_FILE: config } },
  );
  const [one, other] = await Promise.all(paths.map(({ path }) => readPixels(path)));
  assert.ok(one && other);
  // Without a font every digit is the same empty box.
  const { x, y, width } = faces.portrait;
  assert.ok(difference(one, other, x, y - 24, width, 22) > 0.5);
});

for (const orientation of orientations) {
  test(`is upright when the photo is stored with EXIF orientation ${orientation}`, async () => {
    const upright = await annotate(samples.hopper, portrait(), `upright-${orientation}.png`);
    const annotated = await annotate(await oriented(orientation), portrait(), `turned-${orientation}.png`);
    assert.deepEqual([annotated.width, annotated.height], [512, 600]);
    assert.ok(difference(upright, annotated, 0, 0, 512, 600) < 4);
  });
}

for (const name of [
  'png',
  'webp',
  'avif',
  'tiff',
  'animatedGif',
  'greyscale',
  'cmyk',
  'sixteenBit',
  'alpha',
] as const) {
  test(`copies a photo in its own format: ${name}`, async () => {
    const source = await fixtures[name]();
    const path = join(folder, `copy-of-${name}`);
    await annotatePhoto(source, portrait(), path);
    const [before, after] = await Promise.all([sharp(source).metadata(), sharp(path).metadata()]);
    assert.equal(after.format, before.format);
    assert.deepEqual([after.width, after.height], [before.width, before.height]);
    const yellow = await sharp(path)
      .extract({ left: faces.portrait.x + 70, top: faces.portrait.y - 10, width: 20, height: 6 })
      .toColourspace('srgb')
      .stats();
    const [red, green, blue] = yellow.channels;
    assert.ok(red && green && blue && red.max > 200 && green.max > 170 && blue.min < 80, 'label');
  });
}

test('enlarges what is too small for text', async () => {
  const source = join(folder, 'thumbnail.png');
  await sharp(samples.hopper).resize(64, 75).png().toFile(source);
  const box = { x: 21, y: 16, width: 23, height: 26 };
  const { width, height } = await annotate(source, analysed('thumbnail.png', [face({ box })]), 'large.png');
  assert.deepEqual([width, height], [64 * 7, 75 * 7]);
});

test('copies photos of any shape', async () => {
  for (const [width, height] of [
    [1, 1],
    [3000, 40],
    [9, 5000],
  ] as const) {
    const source = join(folder, `${width}x${height}.png`);
    await sharp({ create: { width, height, channels: 3, background: '#888' } })
      .png()
      .toFile(source);
    const box = { x: 0, y: 0, width, height: Math.min(height, 2 * width) };
    const copy = await annotate(source, analysed('a.png', [face({ box }), face({ box })]), 'shape.png');
    assert.equal(copy.width / copy.height, width / height);
  }
});

test('names copies after their photos', () => {
  assert.equal(annotatedPath('out', 'holiday/照片 👩.jpg'), join('out', 'holiday/照片 👩-faces.jpg'));
  assert.equal(annotatedPath('out', 'no extension'), join('out', 'no extension-faces'));
  assert.equal(annotatedPath('out', 'a.b/.hidden'), join('out', 'a.b/.hidden-faces'));
});

test('draws transparent photos on white, as they were analysed', async () => {
  const source = join(folder, 'cutout.tif');
  await sharp(await fixtures.alpha())
    .tiff({ compression: 'lzw' })
    .toFile(source);
  const copy = await annotate(source, portrait(), 'cutout-faces.tif');
  assert.deepEqual([...copy.data.subarray(0, 3)], [255, 255, 255]);
});

test('draws on photos that the decoder alone would take for something else', async () => {
  const avif = await readFile(await fixtures.avif());
  avif.write('mif1', 8);
  const source = join(folder, 'mif1.avif');
  await writeFile(source, avif);
  const { width, height } = await annotate(source, portrait(), 'mif1-faces.avif');
  assert.deepEqual([width, height], [512, 600]);
  assert.equal((await sharp(join(folder, 'mif1-faces.avif')).metadata()).compression, 'av1');
});
