import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { isDeepStrictEqual, promisify } from 'node:util';
import { GetObjectCommand, ListObjectsV2Command } from '@aws-sdk/client-s3';
import type { Locator, Route } from 'playwright-core';
import sharp from 'sharp';
import { z } from 'zod';
import { connectTo } from '../../../../cli/target.ts';
import { Keys } from '../../../../functions/api/keys.ts';
import { eventually } from '../../../eventually.ts';
import { faces, fixtures, oriented, samples } from '../../../fixtures/index.ts';
import { launchChromium } from './chromium.ts';
import {
  answered,
  barriers,
  bounds,
  choose,
  fits,
  nameOfFocused,
  PHONE,
  tabTo,
  Visitor,
  words,
} from './visit.ts';

const visitor = await Visitor.start();

const keptSchema = z.object({
  faces: z.array(z.object({ label: z.object({ age: z.number(), gender: z.string() }) })),
});

test('shows the face of a photo that was chosen: age, range, groups, gender, score and certainty', async (t) => {
  const page = await visitor.visit(t);
  await choose(page, samples.hopper);
  const photo = await answered(page, 'hopper.jpg');

  assert.equal(await photo.locator('.summary').textContent(), '1 face');
  const card = photo.getByRole('listitem').first();
  assert.match(await words(card), /Face 1 (7|8)\d years 80% range \d\d–\d\d/);
  assert.match(await words(card), /Gender (Fem|M)ale \d\d% Score 2\d of 100 Detection \d\d%/);
  assert.match(await words(card), /Detection \d\d% Quality \d+ Sharpness \d+ Brightness \d+ Contrast \d+$/);
  const groups = card.getByRole('list', { name: 'Probability of each age group, in years' });
  const shares = (await groups.getByRole('listitem').allTextContents()).map((text) =>
    text.replace(/\s+/g, ' '),
  );
  assert.deepEqual(
    shares.map((text) => text.split(' ')[0]),
    ['0–2', '4–6', '8–12', '15–20', '25–32', '38–43', '48–53', '60+'],
  );
  assert.match(shares[7] ?? '', /^60\+ (9\d|100)%$/);
});

test('draws boxes where the faces are, on the upright photo, however it is stored', async (t) => {
  const page = await visitor.visit(t);
  for (const orientation of [1, 6] as const) {
    await choose(page, await oriented(orientation));
    const photo = await answered(page, `orientation-${orientation}.jpg`);
    const [image, box] = await settledBounds(
      photo.getByAltText('Photo orientation'),
      photo.locator('.overlay .line'),
    );
    const scale = 512 / image.width;
    const { x, y, width, height } = faces.portrait;
    for (const [drawn, expected] of [
      [(box.x - image.x) * scale, x],
      [(box.y - image.y) * scale, y],
      [box.width * scale, width],
      [box.height * scale, height],
    ] as const) {
      assert.ok(Math.abs(drawn - expected) < 25, `Expected about ${expected} but received ${drawn}`);
    }
  }
});

test('shows several photos, one without a face among them', async (t) => {
  const page = await visitor.visit(t);
  await choose(page, [samples.astronaut, samples.coffee, samples.oath]);
  await answered(page, 'oath.jpg');
  const photos = page.getByRole('article');
  assert.deepEqual(await photos.getByRole('heading', { level: 2 }).allTextContents(), [
    'astronaut.jpg',
    'coffee.jpg',
    'oath.jpg',
  ]);
  assert.match(await words(photos.nth(1)), /No face found Faces are easiest to find/);
  assert.ok((await photos.nth(2).locator('li.face').count()) >= 7);
  assert.match(await words(page.getByRole('status').first()), /oath\.jpg: \d+ faces\./);
});

test('takes photos that are dropped, wherever that is on the page', async (t) => {
  const page = await visitor.visit(t);
  const browser = await page.context().newCDPSession(page);
  const data = { items: [], files: [samples.astronaut], dragOperationsMask: 1 };
  for (const type of ['dragEnter', 'dragOver', 'drop'] as const) {
    await browser.send('Input.dispatchDragEvent', { type, x: 30, y: 30, data });
  }
  const photo = await answered(page, 'astronaut.jpg');
  assert.equal(await photo.locator('.summary').textContent(), '1 face');
});

test('takes a photo that is pasted', async (t) => {
  const page = await visitor.visit(t, { permissions: ['clipboard-read', 'clipboard-write'] });
  const png = await sharp(samples.astronaut).png().toBuffer();
  await page.evaluate(`(async () => {
    const bytes = Uint8Array.from(atob('${png.toString('base64')}'), (character) => character.charCodeAt(0));
    await navigator.clipboard.write([new ClipboardItem({ 'image/png': new Blob([bytes], { type: 'image/png' }) })]);
  })()`);
  await page.keyboard.press('Control+V');
  const photo = await answered(page, /png/);
  assert.equal(await photo.locator('.summary').textContent(), '1 face');
});

test('takes a photo with the camera, and lets go of it', async (t) => {
  const page = await visitor.visit(t);
  await page.getByRole('button', { name: 'Take a photo' }).click();
  const camera = page.getByRole('dialog', { name: 'Camera' });
  await camera.getByRole('button', { name: 'Take photo' }).click();
  const photo = await answered(page, /^Camera \d/);
  assert.equal(await photo.locator('.summary').textContent(), '1 face');
  assert.equal(await camera.isVisible(), false);
  assert.equal(await page.evaluate("document.querySelector('video').srcObject"), null);
});

test('offers the camera app where the camera may not be used', async (t) => {
  const page = await visitor.visit(t);
  await page.evaluate("navigator.mediaDevices.getUserMedia = () => Promise.reject(new Error('denied'))");
  await page.getByRole('button', { name: 'Take a photo' }).click();
  const camera = page.getByRole('dialog', { name: 'Camera' });
  await camera.getByText('The camera can’t be used here.').waitFor();
  assert.equal(await page.evaluate('document.activeElement.id'), 'camera-app');
  const choosing = page.waitForEvent('filechooser');
  await camera.getByText('Camera app', { exact: true }).click();
  await (await choosing).setFiles(samples.astronaut);
  await answered(page, 'astronaut.jpg');
});

test('scales large photos down before they are sent', async (t) => {
  const page = await visitor.visit(t);
  const folder = await mkdtemp(path.join(tmpdir(), 'page-'));
  t.after(() => rm(folder, { recursive: true }));
  const large = path.join(folder, 'large.png');
  const { size } = await sharp(samples.astronaut).resize(2500).png({ compressionLevel: 1 }).toFile(large);
  assert.ok(size > 4_500_000);
  const answer = page.waitForResponse(/predict/);
  await choose(page, large);
  const photo = await answered(page, 'large.png');
  const { width, height } = await (await answer).json();
  assert.deepEqual([width, height], [2048, 2048]);
  assert.equal(await photo.locator('.summary').textContent(), '1 face');
});

test('shows where the faces are on a photo that the browser cannot show', async (t) => {
  const page = await visitor.visit(t);
  await choose(page, await fixtures.tiff());
  const photo = await answered(page, 'portrait.tiff');
  assert.match(await words(photo), /Your browser can’t show this kind of photo/);
  const frame = await bounds(photo.locator('.frame'));
  assert.ok(Math.abs(frame.height / frame.width - 600 / 512) < 0.01);
  assert.ok(await photo.locator('.overlay .line').isVisible());
});

test('lights up a box with its card, and a card with its box', async (t) => {
  const page = await visitor.visit(t);
  await choose(page, samples.oath);
  const photo = await answered(page, 'oath.jpg');
  const lit = () =>
    page.evaluate("[...document.querySelectorAll('.highlighted')].map(({ dataset }) => dataset.face)");
  await photo.locator('li.face').nth(2).hover();
  assert.deepEqual(await lit(), ['2', '2']);
  await photo.locator('g[data-face="3"]').focus();
  assert.deepEqual(await lit(), ['3', '3']);
  await page.getByRole('heading', { level: 1 }).hover();
  await page.locator('#file').focus();
  assert.deepEqual(await lit(), []);
});

test('shows a name that looks like markup as it is', async (t) => {
  const page = await visitor.visit(t);
  const name = '"><img src=x onerror=alert(1)>&amp;.jpg';
  await choose(page, { name, mimeType: 'image/jpeg', buffer: await readFile(samples.hopper) });
  const photo = page.getByRole('article');
  await photo.getByText('1 face').waitFor();
  assert.equal(await photo.getByRole('heading', { level: 2 }).textContent(), name);
  assert.equal(await photo.locator('img').count(), 1);
  await photo.getByRole('button', { name: `Remove ${name}` }).click();
  assert.equal(await photo.count(), 0);
});

test('says what is wrong with a file that is no photo', async (t) => {
  const page = await visitor.visit(t);
  await choose(page, [await fixtures.text(), await fixtures.heic()]);
  const text = await answered(page, 'text.jpg');
  assert.match(await words(text), /This file is not a photo Choose a JPEG, .* Expected an image \(JPEG, /);
  assert.equal(await text.getByRole('button', { name: 'Try again' }).count(), 0);
  assert.match(await words(await answered(page, 'portrait.heic')), /Convert it to JPEG/);
  await text.getByRole('button', { name: 'Remove text.jpg' }).click();
  assert.equal(await page.getByRole('article').count(), 1);
});

test('asks for another key when it is wrong, and then goes on', async (t) => {
  // The other one with a dash, which no header may hold.
  for (const key of ['fd_nobody', 'fd_no–body']) {
    const page = await visitor.visit(t, { key });
    await choose(page, samples.hopper);
    const photo = await answered(page, 'hopper.jpg');
    assert.match(await words(photo), /This API key is not valid/);
    const field = page.getByLabel('API key', { exact: true });
    assert.equal(await page.evaluate('document.activeElement.id'), 'key');
    await field.fill(visitor.stack.apiKey);
    await field.press('Enter');
    await photo.getByText('1 face').waitFor();
  }
});

test('tries again with another key when the first one is used up', async (t) => {
  const keys = new Keys(connectTo(visitor.stack).dynamo, visitor.stack.keyTable);
  const { secret } = await keys.create({ name: 'little', requestsPerDay: 1 });
  const page = await visitor.visit(t, { key: secret });
  await choose(page, [samples.hopper, samples.astronaut]);
  const photo = await answered(page, 'astronaut.jpg');
  await answered(page, 'hopper.jpg');
  const failed = page.getByRole('article').filter({ hasText: 'requests for today are used up' });
  assert.equal(await failed.count(), 1);
  await page.getByRole('button', { name: 'Change' }).click();
  const field = page.getByLabel('API key', { exact: true });
  await field.fill(visitor.stack.apiKey);
  await field.press('Enter');
  await failed.waitFor({ state: 'detached' });
  await photo.getByText('1 face').waitFor();
});

test('keeps the key for the tab only, and out of the address', async (t) => {
  const page = await visitor.visit(t);
  assert.equal(page.url(), visitor.stack.apiUrl);
  const stored = await page.evaluate('[Object.values(sessionStorage), localStorage.length, document.cookie]');
  assert.deepEqual(stored, [[visitor.stack.apiKey], 0, '']);
  await page.reload();
  await page.getByText('API key in use for this tab.').waitFor();
});

test('reports a service that cannot be reached, and tries again', async (t) => {
  const page = await visitor.visit(t);
  await page.context().setOffline(true);
  await choose(page, samples.hopper);
  const photo = await answered(page, 'hopper.jpg');
  assert.match(await words(photo), /The service can’t be reached Check the connection/);
  await page.context().setOffline(false);
  await photo.getByRole('button', { name: 'Try again' }).click();
  await photo.getByText('1 face').waitFor();
});

test('can be used by keyboard alone', async (t) => {
  const page = await visitor.visit(t, { key: '' });
  const focused = () => nameOfFocused(page);
  await tabTo(page, 'key');
  await page.keyboard.type(visitor.stack.apiKey);
  await page.keyboard.press('Enter');
  assert.equal(await focused(), 'change-key');

  await page.keyboard.press('Shift+Tab');
  assert.equal(await focused(), 'example');
  await page.keyboard.press('Shift+Tab');
  await page.keyboard.press('Shift+Tab');
  assert.equal(await focused(), 'Choose photos');
  const choosing = page.waitForEvent('filechooser');
  await page.keyboard.press('Space');
  await (await choosing).setFiles(samples.hopper);
  await answered(page, 'hopper.jpg');

  await tabTo(page, 'Correct face 1');
  await page.keyboard.press('Enter');
  assert.equal(await focused(), 'true-age');
  await page.keyboard.press('Escape');
  assert.equal(await focused(), 'Correct face 1');
  await page.keyboard.press('Shift+Tab');
  const box = /^Face 1: (fe)?male, about \d\d years\. Correct it$/;
  assert.match(String(await focused()), box);
  await page.keyboard.press('Space');
  assert.equal(await focused(), 'true-age');
  await page.keyboard.press('Escape');
  assert.match(String(await focused()), box);
});

test('keeps a correction with its photo when the user agrees, and erases both', async (t) => {
  const page = await visitor.visit(t);
  const buffer = await sharp(samples.hopper)
    .withExif({ IFD3: { GPSLatitudeRef: 'N', GPSLatitude: '52/1 30/1 0/1' } })
    .toBuffer();
  const sent: string[] = [];
  page.on('request', (request) => sent.push(request.url()));
  await choose(page, { name: 'portrait.jpg', mimeType: 'image/jpeg', buffer });
  const photo = await answered(page, 'portrait.jpg');
  await photo.getByRole('button', { name: /^Face 1: (fe)?male/ }).click();
  const dialog = page.getByRole('dialog', { name: 'Correct face 1' });
  const save = dialog.getByRole('button', { name: 'Save' });
  await dialog.getByLabel('Age in years').fill('77');
  await dialog.getByLabel('Female').check();
  await save.click();
  assert.equal(await dialog.isVisible(), true, 'Nothing is sent without consent');
  assert.ok(!sent.some((address) => /photos/.test(address)));
  await dialog.getByLabel(/I agree/).check();
  await save.click();
  await photo.getByText('Your correction: 77 years, female').waitFor();
  assert.equal(await dialog.isVisible(), false);

  // Another one takes its place, so what was said is there to be changed.
  await photo.getByRole('button', { name: /^Face 1: (fe)?male/ }).click();
  assert.equal(await dialog.getByLabel('Age in years').inputValue(), '77');
  assert.equal(await dialog.getByLabel('Female').isChecked(), true);
  await dialog.getByRole('button', { name: 'Cancel' }).click();

  const id = (await photo.locator('code').textContent()) ?? '';
  const response = await fetch(`${visitor.stack.apiUrl}photos/${id}`, {
    headers: { 'x-api-key': visitor.stack.apiKey },
  });
  const {
    faces: [face],
  } = keptSchema.parse(await response.json());
  assert.deepEqual(face?.label, { age: 77, gender: 'F' });
  const [stored, ...others] = await storedObjects(id);
  assert.equal(others.length, 2, 'The photo, the cut-out and the label');
  assert.equal((await sharp(stored).metadata()).exif, undefined);

  await photo.getByRole('button', { name: 'Erase' }).click();
  await page.getByText('Erased: photo, cut-outs, results and corrections.').waitFor({ state: 'attached' });
  assert.deepEqual(await storedObjects(id), []);
  assert.equal(await photo.getByText('Your correction').count(), 0);
});

test('speaks Chinese to those who prefer it, and changes its language on the spot', async (t) => {
  const page = await visitor.visit(t, { locale: 'zh-CN' });
  const language = () => page.evaluate('document.documentElement.lang');
  assert.equal(await language(), 'zh-Hans');
  await choose(page, samples.hopper);
  const photo = await answered(page, 'hopper.jpg');
  assert.match(await words(photo), /1 张人脸 .*人脸 1 (7|8)\d 岁 80% 区间/);
  await page.getByRole('link', { name: 'English' }).click();
  assert.equal(await language(), 'en');
  assert.match(await words(photo), /1 face .*Face 1 (7|8)\d years 80% range/);
  await page.getByRole('heading', { name: 'Drop a photo, get its faces' }).waitFor();
  await page.reload();
  assert.equal(await language(), 'en');
});

test('says what a value means when its title is pointed at, focused or tapped', async (t) => {
  for (const options of [{}, PHONE]) {
    const page = await visitor.visit(t, { ...options, reducedMotion: 'reduce' });
    await choose(page, samples.hopper);
    const card = (await answered(page, 'hopper.jpg')).getByRole('listitem').first();
    const title = card.getByRole('button', { name: 'Score' });
    const meaning = card.getByText(/^The score goes from 20 to 100/);
    const id = await title.getAttribute('aria-describedby');
    assert.equal(await meaning.getAttribute('id'), id);
    assert.equal(await meaning.isVisible(), false);
    await card.scrollIntoViewIfNeeded();
    const before = await Promise.all([bounds(card), bounds(page.locator('footer'))]);
    if ('hasTouch' in options) await title.tap();
    else await title.hover();
    assert.equal(await meaning.isVisible(), true);
    const { x, width } = await bounds(meaning);
    assert.ok(x >= 0 && x + width <= (page.viewportSize()?.width ?? 0));
    assert.deepEqual(await Promise.all([bounds(card), bounds(page.locator('footer'))]), before);

    await page.keyboard.press('Escape');
    assert.equal(await meaning.isVisible(), false);
    await card.getByRole('button', { name: 'Detection' }).focus();
    assert.equal(await card.getByText('How certain the detector is').isVisible(), true);
    await page.keyboard.press('Shift+Tab');
    assert.equal(await meaning.isVisible(), true);
  }
});

test('shows an example photo, whose address can be shared', async (t) => {
  const page = await visitor.visit(t);
  await page.getByRole('link', { name: 'Try an example' }).click();
  const photo = await answered(page, 'example.jpg');
  assert.equal(await photo.locator('.summary').textContent(), '1 face');
  assert.equal(page.url(), `${visitor.stack.apiUrl}#example`);

  const other = await visitor.visit(t, { key: '' });
  await other.goto(page.url());
  await other.reload();
  await other.getByText('This needs an API key').first().waitFor();
  await other.getByLabel('API key', { exact: true }).fill(visitor.stack.apiKey);
  await other.keyboard.press('Enter');
  await other.getByRole('article', { name: 'example.jpg' }).getByText('1 face').waitFor();
});

test('says that the service may be starting when the first answer takes long', async (t) => {
  const page = await visitor.visit(t, { reducedMotion: 'reduce' });
  const held: Route[] = [];
  await page.route(/predict/, (route) => {
    held.push(route);
  });
  // The page says that it looks before its request is here.
  const answer = async () => {
    await eventually(async () => held.length > 0);
    await held.shift()?.continue();
  };
  const starting = page.getByText('Still looking. The service may be starting, which takes a few seconds.');
  // The time that the page's timers tell is the test's.
  await page.clock.install();
  await page.clock.pauseAt(Date.now() + 60_000);
  await choose(page, samples.hopper);
  const photo = page.getByRole('article', { name: 'hopper.jpg' });
  await photo.getByText('Looking for faces…').waitFor();
  const parts = [page.getByAltText(/hopper/), page.locator('footer')];
  const before = await Promise.all(parts.map(bounds));
  await page.clock.runFor(2000);
  await photo.and(starting.locator('xpath=ancestor::article')).waitFor();
  assert.match(await words(page.locator('#status')), /The service may be starting/);
  assert.deepEqual(await Promise.all(parts.map(bounds)), before);
  await answer();
  await answered(page, 'hopper.jpg');

  // It has answered, so it is running.
  await choose(page, samples.astronaut);
  await page.getByRole('article', { name: 'astronaut.jpg' }).getByText('Looking for faces…').waitFor();
  await page.clock.runFor(60_000);
  assert.equal(await starting.count(), 0);
  await answer();
  await answered(page, 'astronaut.jpg');
});

test('names Chinese in English where its characters would be boxes', async (t) => {
  const folder = await mkdtemp(path.join(tmpdir(), 'fonts-'));
  t.after(() => rm(folder, { recursive: true }));
  const fonts = path.join(folder, 'fonts.conf');
  const latin = path.dirname(
    fileURLToPath(import.meta.resolve('@expo-google-fonts/pt-sans-narrow/700Bold/PTSansNarrow_700Bold.ttf')),
  );
  await writeFile(
    fonts,
    `<fontconfig><dir>${latin}</dir><cachedir>${path.join(folder, 'cache')}</cachedir></fontconfig>`,
  );
  const browser = await launchChromium({ fonts });
  t.after(() => browser.close());
  const page = await browser.newPage({ locale: 'en-GB' });
  await page.goto(visitor.stack.apiUrl);
  const link = page.locator('#language');
  await page.getByRole('link', { name: 'Chinese', exact: true }).waitFor();
  assert.deepEqual([await link.getAttribute('lang'), await link.getAttribute('hreflang')], ['en', 'zh-Hans']);
  await link.click();
  await page.getByRole('link', { name: 'English', exact: true }).waitFor();
  await page.reload();
  await page.getByRole('link', { name: 'English', exact: true }).waitFor();
});

test('names Chinese as its readers do where there is a font for it', async (t) => {
  const { stdout } = await promisify(execFile)('fc-list', [':lang=zh-cn']).catch(() => ({ stdout: '' }));
  if (!stdout) return t.skip('This machine has no Chinese font');
  const page = await visitor.visit(t);
  await page.getByText('API key in use for this tab.').waitFor();
  assert.equal(await page.locator('#language').textContent(), '中文');
});

test('works without a connection once it is loaded, except for what the service does', async (t) => {
  const page = await visitor.visit(t);
  // They are loaded once there is a photo, beside its analysis.
  const tools = page.waitForRequest(/\/tools-/);
  await choose(page, [samples.hopper, samples.astronaut]);
  const photo = await answered(page, 'hopper.jpg');
  await answered(page, 'astronaut.jpg');
  await page.evaluate(`import('${(await tools).url()}')`);
  await page.context().setOffline(true);

  await page.getByText('Contact sheet').click();
  await page.locator('#sheet li').nth(1).waitFor();
  for (const name of ['Save annotated', 'Save blurred']) {
    const downloading = page.waitForEvent('download');
    await photo.getByRole('button', { name }).click();
    await downloading;
  }
  await photo.getByRole('button', { name: 'Correct face 1', exact: true }).click();
  await page.getByRole('dialog', { name: 'Correct face 1' }).getByRole('button', { name: 'Cancel' }).click();
  await page.locator('#language').click();
  await page.getByText('The service can’t be reached. Check the connection').first().waitFor();
  assert.equal(await page.evaluate('document.documentElement.lang'), 'en');
});

test('fits a phone', async (t) => {
  const page = await visitor.visit(t, PHONE);
  await fits(page);
  await choose(page, [samples.oath, await fixtures.text()]);
  await answered(page, 'text.jpg');
  await fits(page);
  await page.getByText('Contact sheet').click();
  await page.locator('#sheet li').first().waitFor();
  await fits(page);
});

test('fits a small phone without JavaScript', async (t) => {
  const viewport = { width: 320, height: 640 };
  const page = await visitor.visit(t, { javaScriptEnabled: false, key: '', viewport });
  const [drop, file] = [await page.locator('.drop').boundingBox(), await page.locator('#file').boundingBox()];
  assert.ok(drop && file && file.x > drop.x && file.x + file.width < drop.x + drop.width);
});

test('does not move what is on the page when a face is found', async (t) => {
  for (const options of [{}, { locale: 'zh-CN' }, PHONE]) {
    const page = await visitor.visit(t, { ...options, reducedMotion: 'reduce' });
    const { promise: measured, resolve: answer } = Promise.withResolvers<void>();
    await page.route(/predict/, async (route) => {
      await measured;
      await route.continue();
    });
    await choose(page, [samples.hopper, samples.lincoln]);
    const parts = [page.getByAltText(/hopper/), page.getByAltText(/lincoln/), page.locator('footer')];
    await parts[1]?.waitFor();
    const before = await Promise.all(parts.map(bounds));
    answer();
    await answered(page, 'lincoln.jpg');
    assert.deepEqual(await Promise.all(parts.map(bounds)), before);
  }
});

test('is small', async (t) => {
  const page = await visitor.visit(t, { key: '' });
  const loaded: Promise<number>[] = [];
  page.on('requestfinished', (request) =>
    loaded.push(request.sizes().then(({ responseBodySize }) => responseBodySize)),
  );
  await page.goto(visitor.stack.apiUrl);
  await page.waitForLoadState('networkidle');
  const sizes = await Promise.all(loaded);
  assert.ok(sizes.length >= 3, 'The document, its style and its script');
  const total = sizes.reduce((sum, size) => sum + size, 0);
  assert.ok(total < 20_000, `Expected less than 20 kB but received ${total} bytes`);
});

test('works without JavaScript: a form is sent, a page comes back', async (t) => {
  const page = await visitor.visit(t, { javaScriptEnabled: false, key: '' });
  const send = async (file: string, key: string) => {
    await page.getByLabel('Choose photos').first().setInputFiles(file);
    await page.getByLabel('API key').fill(key);
    await page.getByRole('button', { name: 'Find faces' }).click();
    await page.waitForURL(/predict/);
    return words(page.getByRole('article'));
  };
  assert.match(
    await send(samples.hopper, visitor.stack.apiKey),
    /1 face .*(7|8)\d years 80% range .*(Fem|M)ale/,
  );
  assert.ok(await page.locator('.overlay .line').isVisible());
  assert.match(await send(await fixtures.text(), visitor.stack.apiKey), /This file is not a photo/);
  assert.match(await send(samples.hopper, 'fd_nobody'), /This API key is not valid/);
});

test('has no barriers that axe knows of, light or dark', async (t) => {
  for (const colorScheme of ['light', 'dark'] as const) {
    const page = await visitor.visit(t, { bypassCSP: true, colorScheme, reducedMotion: 'reduce' });
    const check = async (state: string) => {
      assert.deepEqual(await barriers(page), [], `${colorScheme}, ${state}`);
    };
    await check('empty');
    await choose(page, [samples.oath, samples.coffee, await fixtures.text()]);
    await answered(page, 'text.jpg');
    await check('results');
    await page.getByRole('button', { name: 'Score' }).first().hover();
    await check('meaning');
    await page.getByText('Contact sheet').click();
    await page.locator('#sheet li').first().waitFor();
    await page.getByRole('button', { name: 'Save blurred' }).first().click();
    await page.getByText('Saved to your downloads.').waitFor();
    await check('contact sheet and notice');
    await page.getByRole('button', { name: 'Correct face 1', exact: true }).click();
    await check('correction');
  }
});

/** All that the stack's buckets hold of a photo, itself first. */
async function storedObjects(id: string): Promise<Uint8Array[]> {
  const { s3, stack } = connectTo(visitor.stack);
  const objects: Uint8Array[] = [];
  for (const Bucket of [stack.photoBucket, stack.labelBucket]) {
    const { Contents = [] } = await s3.send(new ListObjectsV2Command({ Bucket }));
    for (const { Key } of Contents.filter(({ Key = '' }) => Key.includes(id))) {
      const { Body } = await s3.send(new GetObjectCommand({ Bucket, Key }));
      if (Body) objects.push(await Body.transformToByteArray());
    }
  }
  s3.destroy();
  return objects;
}

/** Where two elements are once the page stands still. */
async function settledBounds(one: Locator, other: Locator) {
  for (;;) {
    const before = [await bounds(one), await bounds(other)] as const;
    if (isDeepStrictEqual([await bounds(one), await bounds(other)], before)) return before;
  }
}
