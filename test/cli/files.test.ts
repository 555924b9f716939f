import assert from 'node:assert/strict';
import { copyFile, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { devNull, tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { after, before, test } from 'node:test';
import { findFiles } from '../../cli/files.ts';
import { samples } from '../fixtures/index.ts';

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
  assert.deepEqual(await findFiles(['empty'], folder), { files: [], skipped: [] });
});
