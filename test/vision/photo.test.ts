import assert from 'node:assert/strict';
import { test } from 'node:test';
import sharp, { type Sharp } from 'sharp';
import { decodePhoto, PhotoError } from '../../vision/photo.ts';

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

test("leaves RGB photos' colour profiles aside, and nothing else's", async () => {
  const plain = sharp({ create: { width: 64, height: 64, channels: 3, background: '#e02060' } });
  const wide = await plain.clone().withIccProfile('p3').png().toBuffer();
  const stored = await sharp(wide, { ignoreIcc: true }).raw().toBuffer();
  assert.deepEqual([...(await decodePhoto(wide, MAXIMUM_PIXELS)).pixels.data], [...stored]);
  const cmyk = await plain.clone().toColourspace('cmyk').jpeg().toBuffer();
  const [red = 0, green = 0, blue = 0] = (await decodePhoto(cmyk, MAXIMUM_PIXELS)).pixels.data;
  assert.ok(red > 180 && green < 90 && blue < 130, `${red}, ${green}, ${blue}`);
});
