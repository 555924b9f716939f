import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import sharp, { type Sharp } from 'sharp';
import type { Pixels } from '../../vision/engine.ts';
import { decodePhoto, MAXIMUM_SIDE, PhotoError } from '../../vision/photo.ts';
import {
  asTwelveBits,
  circularTiff,
  encodeBlankPng,
  encodeBlankTiff,
  encodeTiff,
  endlessTiff,
  pngChunk,
  tiffPage,
} from '../fixtures/formats.ts';
import { fixtures, samples } from '../fixtures/index.ts';

const MAXIMUM_PIXELS = 10_000;

const encode = (width: number, as: (image: Sharp) => Sharp): Promise<Buffer> =>
  as(sharp({ create: { width, height: 100, channels: 3, background: '#4a6' } })).toBuffer();

test('refuses more pixels than are allowed, and says how many are', async () => {
  const png = (image: Sharp) => image.png();
  assert.equal((await decodePhoto(await encode(100, png), MAXIMUM_PIXELS)).pixels.width, 100);
  await assert.rejects(decodePhoto(await encode(101, png), MAXIMUM_PIXELS), {
    code: 'too-many-pixels',
    message: 'Expected at most 10,000 pixels but received 101 × 100 = 10,100. Send a smaller version.',
  });
});

test('refuses AVIF of fewer pixels, as decoding it takes more memory', async () => {
  const avif = (image: Sharp) => image.avif({ effort: 0 });
  assert.equal((await decodePhoto(await encode(40, avif), MAXIMUM_PIXELS)).pixels.width, 40);
  await assert.rejects(
    decodePhoto(await encode(41, avif), MAXIMUM_PIXELS),
    (error) => error instanceof PhotoError && /at most 4,000 pixels in AVIF/.test(error.message),
  );
});

test('refuses interlaced PNG of fewer pixels, as it is decoded in one piece', async () => {
  const interlaced = (image: Sharp) => image.png({ progressive: true });
  assert.equal((await decodePhoto(await encode(50, interlaced), MAXIMUM_PIXELS)).pixels.width, 50);
  await assert.rejects(
    decodePhoto(await encode(51, interlaced), MAXIMUM_PIXELS),
    (error) => error instanceof PhotoError && /at most 5,000 pixels in interlaced PNG/.test(error.message),
  );
});

test("leaves RGB photos' colour profiles aside, and nothing else's", async () => {
  const plain = sharp({ create: { width: 64, height: 64, channels: 3, background: '#e02060' } });
  const wide = await plain.clone().withIccProfile('p3').png().toBuffer();
  const stored = await sharp(wide, { ignoreIcc: true }).raw().toBuffer();
  assert.deepEqual([...(await decodePhoto(wide, MAXIMUM_PIXELS)).pixels.data], [...stored]);
  const cmyk = await plain.clone().toColourspace('cmyk').jpeg().toBuffer();
  const [red = 0, green = 0, blue = 0] = (await decodePhoto(cmyk, MAXIMUM_PIXELS)).pixels.data;
  assert.ok(red > 180 && green < 90 && blue < 130, `${red}, ${green}, ${blue}`);
});

test('makes large photos smaller: of 24 megapixels to a third, for which a JPEG is decoded at half its size', async () => {
  for (const [width, expected] of [
    [2048, 2048],
    [4032, 2048],
    [5999, 1999],
    [6000, 2000],
    [9000, 2048],
  ] as const) {
    const jpeg = await encode(width, (image) => image.jpeg());
    assert.equal((await decodePhoto(jpeg, 1_000_000)).pixels.width, expected);
  }
});

/** The portrait, small. */
async function portrait(width = 128): Promise<Pixels> {
  const { data, info } = await sharp(samples.hopper)
    .resize(width)
    .raw()
    .toBuffer({ resolveWithObject: true });
  return { data, width: info.width, height: info.height };
}

const decode = (bytes: Uint8Array) => decodePhoto(bytes, 1_000_000);

/** How far a decoded photo is from what it should show, in grey levels of 255: mean. */
async function assertShows({ pixels }: { pixels: Pixels }, expected: Pixels, tolerance = 0): Promise<void> {
  assert.deepEqual([pixels.width, pixels.height], [expected.width, expected.height]);
  const sum = pixels.data.reduce((sum, value, i) => sum + Math.abs(value - (expected.data[i] ?? 0)), 0);
  assert.ok(sum / pixels.data.length <= tolerance, `${sum / pixels.data.length} grey levels apart`);
}

test('refuses a side that is too long, however few the pixels', async () => {
  const long = MAXIMUM_SIDE + 1;
  const files = [
    encodeBlankPng(long, 1),
    encodeBlankPng(1, long),
    encodeBlankPng(60_000_000, 1, { depth: 16, samples: 4 }),
    encodeBlankTiff(long, 1),
    encodeBlankTiff(1, long),
    encodeBlankTiff(1, 60_000_000),
  ];
  for (const file of files) {
    await assert.rejects(decodePhoto(await file, 64_000_000), {
      code: 'too-many-pixels',
      message:
        /^Expected at most 32,767 pixels a side but received [\d,]+ × [\d,]+\. Send a smaller version\.$/,
    });
  }
  const { width, height } = await decodePhoto(await encodeBlankPng(MAXIMUM_SIDE, 1), 64_000_000);
  assert.deepEqual([width, height], [MAXIMUM_SIDE, 1]);
});

test('reads an AVIF whatever it calls itself first', async () => {
  const avif = await readFile(await fixtures.avif());
  const expected = await decode(avif);
  for (const brand of ['mif1', 'avis']) {
    const other = Buffer.from(avif);
    other.write(brand, 8);
    const decoded = await decode(other);
    assert.equal(decoded.format, 'AVIF');
    await assertShows(decoded, expected.pixels);
  }
  await assert.rejects(decode(await readFile(await fixtures.heic())), {
    code: 'unsupported-format',
    message:
      /received HEIC, which is not supported\. Convert it to JPEG, or set the camera to "most compatible"\./,
  });
});

test('reads a TIFF that has a tag of raw files', async () => {
  const pixels = await portrait();
  const decoded = await decode(encodeTiff([tiffPage(pixels, { 50341: Buffer.from('PrintIM\x000300') })]));
  assert.equal(decoded.format, 'TIFF');
  await assertShows(decoded, pixels);
});

test('takes the picture of a TIFF for the photo, not a smaller copy that comes before it', async () => {
  const pixels = await portrait();
  const copy = tiffPage(await portrait(40), { 254: 1 });
  const smaller = tiffPage(await portrait(100));
  await assertShows(await decode(encodeTiff([copy, smaller, tiffPage(pixels)])), pixels);
  await assertShows(await decode(encodeTiff([{ ...copy, children: [tiffPage(pixels)] }])), pixels);
  await assertShows(await decode(encodeTiff([smaller, tiffPage(pixels)])), await portrait(100));
});

test('refuses a raw file, however good the preview in it', async () => {
  const copy = tiffPage(await portrait(40), { 254: 1 });
  for (const photometric of [32803, 34892]) {
    const sensor = tiffPage(await portrait(), { 262: photometric });
    for (const file of [encodeTiff([{ ...copy, children: [sensor] }]), encodeTiff([copy, sensor])]) {
      await assert.rejects(decode(file), {
        code: 'unsupported-format',
        message:
          "Expected JPEG, PNG, WebP, AVIF, GIF or TIFF but received a camera's raw file, which is not supported. Convert it to JPEG.",
      });
    }
  }
});

test('refuses a TIFF whose directories never end', { timeout: 20_000 }, async () => {
  for (const file of [endlessTiff(), circularTiff(), circularTiff(4_000)]) {
    const begun = process.cpuUsage();
    await assert.rejects(decode(file), { name: 'PhotoError' });
    const { user, system } = process.cpuUsage(begun);
    assert.ok(user + system < 2_000_000, `${file.length} bytes took ${user + system} µs`);
  }
});

test('distinguishes whole files in codings that are not built in from damaged ones', async () => {
  const jpeg = await readFile(samples.hopper);
  const pixels = await portrait();
  const unsupported = {
    'ZSTD in TIFF': encodeTiff([tiffPage(pixels, { 259: 50_000 })]),
    'LERC in TIFF': encodeTiff([tiffPage(pixels, { 259: 34_887 })]),
    'CIELAB in TIFF': encodeTiff([tiffPage(pixels, { 262: 8 })]),
    'JPEG of 12 bits': asTwelveBits(await sharp(jpeg).jpeg().toBuffer()),
  };
  for (const [name, file] of Object.entries(unsupported)) {
    await assert.rejects(
      decode(file),
      (error) =>
        error instanceof PhotoError &&
        error.code === 'unsupported-format' &&
        /in a common encoding but this one's is not supported \(.+\)\. Convert it to JPEG\.$/.test(
          error.message,
        ),
      name,
    );
  }
  const chunk = pngChunk('CgBI', Buffer.from([0x50, 0, 0x20, 2]));
  await assert.rejects(decode(await encodeBlankPng(8, 8, { depth: 8, samples: 4, first: [chunk] })), {
    code: 'unsupported-format',
    message: /received a PNG in Apple's own encoding \(CgBI\), which is not supported/,
  });
  for (const file of [await fixtures.truncatedJpeg(), await fixtures.corruptJpeg()]) {
    await assert.rejects(decode(await readFile(file)), { code: 'corrupt' });
  }
});

test('reads a JPEG whose last two bytes alone are missing', async () => {
  for (const progressive of [false, true]) {
    const jpeg = await sharp(samples.hopper).jpeg({ progressive }).toBuffer();
    const whole = await decode(jpeg);
    await assertShows(await decode(jpeg.subarray(0, -2)), whole.pixels);
    await assert.rejects(decode(jpeg.subarray(0, -200)), { code: 'corrupt' });
  }
});

test('reads a TIFF in floating-point numbers', async () => {
  const { data, width, height } = await portrait();
  const floats = Buffer.alloc(data.length * 4);
  for (const [index, value] of data.entries())
    floats.writeFloatLE(((value / 255 + 0.055) / 1.055) ** 2.4, index * 4);
  const tags = { 258: [32, 32, 32], 339: [3, 3, 3] };
  const decoded = await decode(encodeTiff([{ ...tiffPage({ data: floats, width, height }, tags) }]));
  await assertShows(decoded, { data, width, height }, 3);
});
