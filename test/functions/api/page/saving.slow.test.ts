import assert from 'node:assert/strict';
import { text } from 'node:stream/consumers';
import { test } from 'node:test';
import type { Download, Locator, Page } from 'playwright-core';
import sharp, { type Region } from 'sharp';
import { predictionSchema } from '../../../../functions/api/schemas.ts';
import { faces, oriented, samples } from '../../../fixtures/index.ts';
import { answered, bounds, choose, PHONE, tabTo, Visitor } from './visit.ts';

const visitor = await Visitor.start();

/** What the browser saves when a button is pressed. */
async function save(page: Page, photo: Locator, name: string): Promise<Download> {
  const downloading = page.waitForEvent('download');
  await photo.getByRole('button', { name }).click();
  return downloading;
}

const notice = (page: Page) => page.locator('#notice');

test('copies what the service answered as JSON', async (t) => {
  const page = await visitor.visit(t, { permissions: ['clipboard-read', 'clipboard-write'] });
  const answering = page.waitForResponse(/predict/);
  await choose(page, samples.oath);
  const photo = await answered(page, 'oath.jpg');
  const before = await bounds(photo);
  await photo.getByRole('button', { name: 'Copy JSON' }).click();
  await notice(page).getByText('Copied.').waitFor();
  assert.deepEqual(await bounds(photo), before);
  const copied = JSON.parse(String(await page.evaluate('navigator.clipboard.readText()')));
  assert.deepEqual(copied, await (await answering).json());
});

test('saves the JSON where the browser does not let it be copied', async (t) => {
  const page = await visitor.visit(t);
  await page.evaluate("navigator.clipboard.writeText = () => Promise.reject(new Error('denied'))");
  await choose(page, samples.coffee);
  const photo = await answered(page, 'coffee.jpg');
  assert.equal(
    await photo.getByRole('button', { name: 'Save annotated' }).isVisible(),
    false,
    'There is no face',
  );
  const download = await save(page, photo, 'Copy JSON');
  assert.equal(download.suggestedFilename(), 'coffee.json');
  const saved = predictionSchema.parse(JSON.parse(await text(await download.createReadStream())));
  assert.equal(saved.ismankind, false);
  await notice(page).getByText('Saved to your downloads.').waitFor();
});

test('saves the photo with boxes and words, upright, without metadata', async (t) => {
  const page = await visitor.visit(t);
  await choose(page, await oriented(6));
  const photo = await answered(page, 'orientation-6.jpg');
  const download = await save(page, photo, 'Save annotated');
  assert.equal(download.suggestedFilename(), 'orientation-6-annotated.jpg');
  const saved = await download.path();
  assert.deepEqual(await shape(saved), { width: 512, height: 600, exif: undefined, orientation: undefined });
  const change = (region: Region) => difference(saved, samples.hopper, region);
  const { x, y, width, height } = faces.portrait;
  const line = { left: x - 25, top: y + 50, width: 50, height: height - 100 };
  assert.ok((await change(line)) > 5, 'The left line of the box');
  assert.ok((await change({ left: x, top: y - 45, width, height: 40 })) > 15, 'The words');
  assert.ok((await change({ left: 0, top: 400, width: 512, height: 200 })) < 8, 'The rest');
});

test('saves the photo with its faces blurred beyond recognition', async (t) => {
  const page = await visitor.visit(t);
  await choose(page, samples.hopper);
  const photo = await answered(page, 'hopper.jpg');
  const download = await save(page, photo, 'Save blurred');
  assert.equal(download.suggestedFilename(), 'hopper-blurred.jpg');
  await notice(page)
    .getByText(/a face that was not found is not blurred/)
    .waitFor();
  const saved = await download.path();
  assert.deepEqual(await shape(saved), { width: 512, height: 600, exif: undefined, orientation: undefined });
  const { x, y, width, height } = faces.portrait;
  const sharpness = async (file: string) => {
    const face = await sharp(file).extract({ left: x, top: y, width, height }).png().toBuffer();
    return (await sharp(face).stats()).sharpness;
  };
  const [before, after] = [await sharpness(samples.hopper), await sharpness(saved)];
  assert.ok(after < before / 4, `Expected no details but received a sharpness of ${after} after ${before}`);
  const rest = { left: 0, top: 420, width: 512, height: 180 };
  assert.ok((await difference(saved, samples.hopper, rest)) < 8, 'The rest');
});

test('saves by keyboard alone, and moves nothing', async (t) => {
  for (const options of [{}, PHONE]) {
    const page = await visitor.visit(t, { ...options, reducedMotion: 'reduce' });
    await choose(page, samples.oath);
    const photo = await answered(page, 'oath.jpg');
    const before = await Promise.all([bounds(photo), bounds(page.locator('footer'))]);
    await page.getByRole('button', { name: 'Remove oath.jpg' }).focus();
    await page.keyboard.press('Tab');
    await page.keyboard.press('Tab');
    const downloading = page.waitForEvent('download');
    await page.keyboard.press('Enter');
    assert.equal((await downloading).suggestedFilename(), 'oath-annotated.jpg');
    await notice(page).getByText('Saved to your downloads.').waitFor();
    assert.deepEqual(await Promise.all([bounds(photo), bounds(page.locator('footer'))]), before);
    const { x, width } = await bounds(notice(page));
    assert.ok(x >= 0 && x + width <= (page.viewportSize()?.width ?? 0));
    await tabTo(page, 'Correct face 1');
  }
});

async function shape(file: string) {
  const { width, height, exif, orientation } = await sharp(file).metadata();
  return { width, height, exif, orientation };
}

/** Mean difference of a region's pixels, 0 to 255. */
async function difference(one: string, other: string, region: Region): Promise<number> {
  const [a, b] = await Promise.all([one, other].map((file) => sharp(file).extract(region).raw().toBuffer()));
  assert.ok(a && b && a.length === b.length);
  return a.reduce((sum, value, index) => sum + Math.abs(value - (b[index] ?? 0)), 0) / a.length;
}
