import assert from 'node:assert/strict';
import { copyFile, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { DeleteObjectCommand, waitUntilObjectExists } from '@aws-sdk/client-s3';
import { parse } from 'csv-parse/sync';
import sharp from 'sharp';
import { z } from 'zod';
import { type Photo, photoSchema } from '../../functions/shared/item.ts';
import { fixtures, oriented, samples } from '../fixtures/index.ts';
import { testStack } from '../stack.ts';
import { runCommand, startCommand } from './commands.ts';
import { IdleStack } from './idle-stack.ts';
import { analysed } from './photos.ts';

let folder: string;
const idle = await IdleStack.create(await testStack());

before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'drop-'));
  await mkdir(join(folder, 'holiday/照片 +%'), { recursive: true });
  await copyFile(samples.oath, join(folder, 'holiday/oath.jpg'));
  await copyFile(samples.coffee, join(folder, 'holiday/coffee.jpg'));
  await copyFile(await oriented(6), join(folder, 'holiday/照片 +%/肖像 👩.jpg'));
  await writeFile(join(folder, 'holiday/notes.txt'), 'Sunny, 24 °C');
  await writeFile(join(folder, 'empty.jpg'), '');
  await copyFile(await fixtures.truncatedJpeg(), join(folder, 'truncated.jpg'));
});
after(async () => {
  await idle.close();
  await rm(folder, { recursive: true });
});

const drop = (...args: string[]) => runCommand('drop', args, { cwd: folder });

const itemsOf = (stdout: string): Photo[] =>
  stdout.split('\n').map((line) => photoSchema.parse(JSON.parse(line)));

test('prints the items of a folder of photos as JSON lines', async () => {
  const { exitCode, stdout, stderr } = await drop('holiday', '--prefix', '/json/', '--json');
  assert.equal(exitCode, 0, stderr);
  const faces = new Map(itemsOf(stdout).map((item) => [item.photo, item.faces]));
  assert.deepEqual(
    new Set(faces.keys()),
    new Set(['json/holiday/oath.jpg', 'json/holiday/coffee.jpg', 'json/holiday/照片 +%/肖像 👩.jpg']),
  );
  assert.ok((faces.get('json/holiday/oath.jpg')?.length ?? 0) > 5);
  assert.equal(faces.get('json/holiday/coffee.jpg')?.length, 0);
  const [portrait] = faces.get('json/holiday/照片 +%/肖像 👩.jpg') ?? [];
  assert.ok(portrait?.age && portrait.gender && portrait.score !== undefined);
  assert.match(stderr, /Skipped 1 file \(not an image\): notes\.txt/);
  assert.match(stderr, /3 photos analysed, \d+ faces, in/);
});

test('prints a table, reports failures by its exit code, and why', async () => {
  const { exitCode, stdout, stderr } = await drop('holiday/coffee.jpg', 'truncated.jpg', '--prefix', 'table');
  assert.equal(exitCode, 1);
  assert.match(stdout, /^Photo +Face +Box +Age +Gender +Score +Qual +Time\n/);
  assert.match(
    stdout,
    /^table\/ +no face +\d+\.\d\d s\n *coffee\.jpg$|^table\/coffee\.jpg +no face +\d+\.\d\d s$/m,
  );
  assert.match(stdout, /✗ Expected a complete JPEG image/);
  assert.match(stderr, /1 photo analysed, 0 faces, 1 failed, in/);
});

test('has only those attributes estimated that are wanted', async () => {
  const wanted = ['--attributes', 'age,quality'];
  const { exitCode, stdout, stderr } = await drop('holiday/oath.jpg', '--prefix', 'wanted', ...wanted);
  assert.equal(exitCode, 0, stderr);
  assert.match(stdout, /^Photo +Face +Box +Age +Score +Qual +Time\n/);
  const csv = await drop('holiday/oath.jpg', '--prefix', 'wanted', '--attributes', 'gender', '--csv');
  const [row] = parse<Record<string, string>>(csv.stdout, { columns: true });
  assert.match(row?.gender ?? '', /^[FM]$/);
  assert.ok(row && !('age' in row) && !('quality' in row));

  const off = await drop('holiday', '--prefix', 'off', '--attributes', 'age,expression');
  assert.equal(off.exitCode, 2);
  assert.equal(off.stdout, '');
  assert.match(
    off.stderr,
    /Expected attributes to be any of age, gender, quality but received "expression"\. A deployment turns it on with -c attributes=age,gender,expression\./,
  );
});

test('prints one CSV row per face', async () => {
  const { exitCode, stdout } = await drop('holiday/oath.jpg', 'truncated.jpg', '--prefix', 'csv', '--csv');
  assert.equal(exitCode, 1);
  const rows = z.array(z.record(z.string(), z.string())).parse(parse(stdout, { columns: true }));
  const faces = rows.filter(({ photo }) => photo === 'csv/oath.jpg');
  assert.ok(faces.length > 5);
  assert.deepEqual(
    faces.map(({ face }) => face),
    faces.map((_, index) => String(index + 1)),
  );
  assert.deepEqual(
    rows.filter(({ photo }) => photo === 'csv/truncated.jpg').map(({ status, face }) => [status, face]),
    [['failed', '']],
  );
});

test('sends a file that is named, whatever it holds', async () => {
  const { exitCode, stdout } = await drop('holiday/notes.txt', '--prefix', 'named', '--json');
  assert.equal(exitCode, 1);
  assert.equal(itemsOf(stdout)[0]?.failure?.code, 'not-an-image');
});

test('understands paths as the user does, though npm runs it elsewhere', async () => {
  const env = { npm_lifecycle_event: 'drop', INIT_CWD: folder };
  const args = ['holiday/coffee.jpg', 'empty.jpg', '--prefix', 'elsewhere', '--json'];
  const { stdout } = await runCommand('drop', args, { cwd: tmpdir(), env });
  assert.deepEqual(
    new Map(itemsOf(stdout).map(({ photo, failure }) => [photo, failure?.code])),
    new Map([
      ['elsewhere/coffee.jpg', undefined],
      ['elsewhere/empty.jpg', 'empty'],
    ]),
  );
});

test('waits for the result of this upload, not of an earlier one of the same photo', async () => {
  const [first] = itemsOf((await drop('holiday/coffee.jpg', '--prefix', 'twice', '--json')).stdout);
  const [second] = itemsOf((await drop('holiday/coffee.jpg', '--prefix', 'twice', '--json')).stdout);
  assert.ok(first && second);
  assert.equal(second.etag, first.etag);
  assert.notEqual(second.analysis, first.analysis);
  assert.ok(second.uploadedAt > first.uploadedAt);
});

test('uploads large photos in parts', async () => {
  const path = join(folder, 'large.png');
  const noise = { type: 'gaussian', mean: 128, sigma: 50 } as const;
  await sharp({ create: { width: 1800, height: 1400, channels: 3, background: '#888', noise } })
    .png()
    .toFile(path);
  const { exitCode, stdout, stderr } = await drop('large.png', '--prefix', 'parts', '--json');
  assert.equal(exitCode, 0, stderr);
  const [item] = itemsOf(stdout);
  assert.match(item?.etag ?? '', /-\d+$/, 'the etag of an upload in parts says how many');
  assert.equal(item?.width, 1800);
});

test('writes annotated copies, upright, and leaves the photos as they are', async () => {
  const source = join(folder, 'holiday/照片 +%/肖像 👩.jpg');
  const bytes = await readFile(source);
  const { exitCode, stderr } = await drop('holiday', '--prefix', 'copies', '--annotate', 'annotated/here');
  assert.equal(exitCode, 0, stderr);
  const copies = await readdir(join(folder, 'annotated'), { recursive: true });
  assert.ok(copies.includes('here/holiday/oath-faces.jpg'), copies.join());
  const copy = join(folder, 'annotated/here/holiday/照片 +%/肖像 👩-faces.jpg');
  const { width, height, orientation } = await sharp(copy).metadata();
  assert.deepEqual([width, height, orientation], [512, 600, undefined]);
  const [before, after] = await Promise.all(
    [source, copy].map((path) => sharp(path).autoOrient().raw().toBuffer()),
  );
  assert.ok(before && after);
  assert.ok(after.some((value, index) => Math.abs(value - (before[index] ?? 0)) > 100));
  assert.deepEqual(await readFile(source), bytes);
});

test('writes no copy over a photo', async () => {
  const here = join(folder, 'here');
  await mkdir(here);
  await copyFile(samples.hopper, join(here, 'a.jpg'));
  await copyFile(samples.hopper, join(here, 'a-faces.jpg'));
  const args = ['here/a.jpg', 'here/a-faces.jpg', '--prefix', 'here', '--annotate', 'here'];
  const { exitCode, stderr } = await drop(...args);
  assert.equal(exitCode, 1);
  assert.match(stderr, /a\.jpg was not annotated: .* is one of the photos/);
  assert.deepEqual(await readFile(join(here, 'a-faces.jpg')), await readFile(samples.hopper));
  assert.deepEqual((await readdir(here)).sort(), ['a-faces-faces.jpg', 'a-faces.jpg', 'a.jpg']);
});

test('does not wait when it is told not to', async () => {
  const { exitCode, stdout, stderr } = await drop('holiday/coffee.jpg', '--prefix', 'no-wait', '--no-wait');
  assert.equal(exitCode, 0);
  assert.equal(stdout, '');
  assert.match(stderr, /Uploaded 1 photo/);
});

test('stops when no result comes, and says what became of the photos', async () => {
  for (const name of ['waiting', 'deleted', 'overwritten']) {
    await copyFile(samples.hopper, join(folder, `${name}.jpg`));
  }
  // An earlier result of the same photo does not count.
  await idle.putItem(
    analysed('waiting.jpg', [], { etag: await idle.put('waiting.jpg', await readFile(samples.hopper)) }),
  );
  const waiting = startCommand('drop', ['waiting.jpg', '--timeout', '4'], { cwd: folder, env: idle.env });
  // No result can come for these: nobody has to wait for the end of that time.
  const lost = ['deleted.jpg', 'overwritten.jpg', '--timeout', '3600'];
  const child = startCommand('drop', lost, { cwd: folder, env: idle.env });
  const { s3: client, stack } = idle.target;
  const Bucket = stack.photoBucket;
  for (const Key of ['deleted.jpg', 'overwritten.jpg']) {
    await waitUntilObjectExists({ client, minDelay: 0.2, maxDelay: 0.2, maxWaitTime: 60 }, { Bucket, Key });
  }
  await client.send(new DeleteObjectCommand({ Bucket, Key: 'deleted.jpg' }));
  await idle.put('overwritten.jpg', 'another photo');
  const { exitCode, stdout, stderr } = await child;
  assert.equal(exitCode, 1);
  assert.equal(stdout, '');
  assert.match(stderr, /deleted\.jpg: It was deleted/);
  assert.match(stderr, /overwritten\.jpg: It was overwritten/);
  assert.match(stderr, /2 without a result/);
  const { exitCode: code, stderr: told } = await waiting;
  assert.equal(code, 1);
  assert.match(told, /waiting\.jpg: No result yet/);
});

test('reports every photo that cannot be uploaded', async () => {
  const broken = await IdleStack.create(await testStack(), { photoBucket: 'missing-bucket' });
  const { exitCode, stdout, stderr } = await runCommand('drop', ['holiday', 'truncated.jpg'], {
    cwd: folder,
    env: broken.env,
  });
  await broken.close();
  assert.equal(exitCode, 1);
  assert.equal(stdout, '');
  for (const name of ['oath', 'coffee', '肖像 👩', 'truncated']) {
    assert.match(stderr, new RegExp(`${name}\\.jpg was not uploaded: .*bucket`));
  }
});

test('says what to run when there is no stack', async () => {
  const { exitCode, stderr } = await runCommand('drop', [samples.coffee, '--folder', 'nowhere']);
  assert.equal(exitCode, 2);
  assert.match(
    stderr,
    /^✗ Expected a running local stack in nowhere but there is none\. Start it with: npm start -- --folder nowhere$/m,
  );
});

test('refuses wrong usage', async () => {
  for (const args of [
    [],
    ['--json', '--csv', 'holiday'],
    ['holiday', '--timeout', 'soon'],
    ['missing.jpg'],
    [''],
    ['holiday', '--annotate', 'empty.jpg'],
  ]) {
    const { exitCode, stdout, stderr } = await drop(...args);
    assert.equal(exitCode, 2, stderr);
    assert.equal(stdout, '');
    assert.notEqual(stderr, '');
  }
});

test('says so when a folder holds no photo', async () => {
  await mkdir(join(folder, 'empty'));
  const { exitCode, stderr } = await drop('empty');
  assert.equal(exitCode, 2);
  assert.match(stderr, /found none in empty/);
});

test('needs nobody to read what it prints', async () => {
  const child = startCommand('drop', ['holiday/coffee.jpg', '--prefix', 'unread', '--csv'], { cwd: folder });
  child.stdout.destroy();
  assert.ok(!(await child).stderr.includes('EPIPE'));
});
