import assert from 'node:assert/strict';
import { copyFile, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { devNull, tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { after, before, test } from 'node:test';
import sharp from 'sharp';
import { findFiles } from '../../cli/files.ts';
import { encodeTiff, tiffPage } from '../fixtures/formats.ts';
import { fixtures, samples } from '../fixtures/index.ts';

let folder: string;

before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'files-'));
  await mkdir(join(folder, 'holiday/2024/.cache'), { recursive: true });
  await mkdir(join(folder, 'empty'));
  const photos = ['holiday/photo 10.jpg', 'holiday/photo 2.jpg', 'holiday/2024/照片 👩.no-extension'];
  for (const name of [...photos, 'holiday/.hidden.jpg', 'holiday/2024/.cache/photo.jpg']) {
    await copyFile(samples.hopper, join(folder, name));
  }
  await writeFile(join(folder, 'holiday/notes.jpg'), 'no image, whatever its name says');
  await symlink(samples.astronaut, join(folder, 'holiday/link.jpg'));
  await symlink(join(folder, 'holiday'), join(folder, 'holiday/circle'));
  await mkdir(join(folder, 'other'));
  await copyFile(samples.coffee, join(folder, 'other/photo 2.jpg'));
});
after(() => rm(folder, { recursive: true }));

test('finds the images of a folder, called as they lie in it', async () => {
  const { files, skipped } = await findFiles(['holiday'], folder);
  assert.deepEqual(
    files.map(({ name }) => name),
    ['holiday/2024/照片 👩.no-extension', 'holiday/link.jpg', 'holiday/photo 2.jpg', 'holiday/photo 10.jpg'],
  );
  assert.deepEqual(
    new Set(skipped.map(({ path, reason }) => `${basename(path)}: ${reason}`)),
    new Set(['.hidden.jpg: hidden', '.cache: hidden', 'circle: not a file', 'notes.jpg: not an image']),
  );
});

test('leaves out the name of the folder the user is in', async () => {
  const { files } = await findFiles(['.'], join(folder, 'holiday/2024'));
  assert.deepEqual(
    files.map(({ name }) => name),
    ['照片 👩.no-extension'],
  );
});

test('takes a file that is named, whatever it holds', async () => {
  const { files } = await findFiles(['holiday/notes.jpg', 'holiday/.hidden.jpg'], folder);
  assert.deepEqual(
    files.map(({ name }) => name),
    ['notes.jpg', '.hidden.jpg'],
  );
});

test('takes a file once, however often it is named', async () => {
  const { files } = await findFiles(['holiday/photo 2.jpg', join(folder, 'holiday/photo 2.jpg')], folder);
  assert.equal(files.length, 1);
});

test('refuses two files that would overwrite each other', async () => {
  await assert.rejects(
    findFiles(['holiday/photo 2.jpg', 'other/photo 2.jpg'], folder),
    /which would both become "photo 2\.jpg"/,
  );
});

test('refuses what is not there', async () => {
  await assert.rejects(findFiles(['missing.jpg'], folder), /"missing\.jpg" cannot be opened/);
});

test('refuses an empty name, which would be the whole folder that the user is in', async () => {
  await assert.rejects(findFiles([''], folder), /received an empty name/);
});

test('refuses what is neither a file nor a folder', async () => {
  await assert.rejects(findFiles([devNull], folder), /is neither/);
});

test('finds nothing in an empty folder', async () => {
  assert.deepEqual(await findFiles(['empty'], folder), { files: [], skipped: [], failed: [] });
});

test('takes photos of every format, as those that cannot be read are told apart when they are analysed', async () => {
  const formats = join(folder, 'formats');
  await mkdir(formats);
  const dng = { width: 8, height: 8, data: Buffer.alloc(192) };
  await writeFile(join(formats, 'a.dng'), encodeTiff([tiffPage(dng, { 50706: Buffer.from([1, 4, 0, 0]) })]));
  await writeFile(join(formats, 'b.jxl'), Buffer.from('0000000c4a584c200d0a870a', 'hex'));
  await writeFile(join(formats, 'c.ico'), Buffer.from('00000100', 'hex'));
  await copyFile(await fixtures.heic(), join(formats, 'd.heic'));
  // Its directory comes after the pixels, as most programs write it.
  await sharp(samples.hopper).tiff().toFile(join(formats, 'e.tiff'));
  const { files, skipped, failed } = await findFiles(['formats'], folder);
  assert.deepEqual(
    files.map(({ name }) => name),
    ['formats/a.dng', 'formats/b.jxl', 'formats/d.heic', 'formats/e.tiff'],
  );
  assert.deepEqual(
    skipped.map(({ path }) => basename(path)),
    ['c.ico'],
  );
  assert.deepEqual(failed, []);
});

test('says which photos it cannot take, whatever their names', {
  skip: process.platform !== 'linux',
}, async () => {
  const odd = join(folder, 'odd');
  await mkdir(odd);
  const inOdd = (name: string) => Buffer.concat([Buffer.from(`${odd}/`), Buffer.from(name, 'latin1')]);
  await copyFile(samples.hopper, inOdd('Grüße.jpg'));
  await writeFile(inOdd('Grüße.txt'), 'no photo');
  await mkdir(inOdd('Straße'));
  await symlink('nowhere', join(odd, 'lost.jpg'));
  const { files, skipped, failed } = await findFiles(['odd'], folder);
  assert.deepEqual(files, []);
  assert.deepEqual(
    skipped.map(({ path, reason }) => `${basename(path)}: ${reason}`),
    ['Gr\ufffd\ufffde.txt: not an image'],
  );
  assert.deepEqual(
    failed.map(({ path, reason }) => `${basename(path)}: ${reason}`),
    [
      'Gr\ufffd\ufffde.jpg: Expected a name in UTF-8 but this one is in another encoding. Rename it.',
      'lost.jpg: It cannot be read.',
      'Stra\ufffde: Expected a name in UTF-8 but this one is in another encoding. Rename it.',
    ],
  );
});
