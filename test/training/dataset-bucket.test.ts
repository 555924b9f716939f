import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import {
  CreateBucketCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  PutObjectCommand,
  paginateListObjectsV2,
} from '@aws-sdk/client-s3';
import sharp from 'sharp';
import { Labels } from '../../functions/api/labels.ts';
import { createOnnxEngine } from '../../layers/onnx/engine.ts';
import { LOCAL } from '../../local/stack.ts';
import { buildModels } from '../../models/build.ts';
import { indexDataset } from '../../training/dataset/catalogue.ts';
import { concludePreparation } from '../../training/dataset/conclusion.ts';
import { downloadPreparedSet } from '../../training/dataset/download.ts';
import { MissingFileError } from '../../training/dataset/folder.ts';
import { prepareBatch } from '../../training/dataset/preparation.ts';
import { PREPARED_FILE } from '../../training/dataset/prepared.ts';
import { openPreparedSet } from '../../training/dataset/prepared-set.ts';
import { DatasetError } from '../../training/dataset/problem.ts';
import { S3Folder } from '../../training/dataset/s3-folder.ts';
import { runCommand } from '../cli/commands.ts';
import { IdleStack } from '../cli/idle-stack.ts';
import { analysed, face } from '../cli/photos.ts';
import { faces as boxes, samples } from '../fixtures/index.ts';
import { testStack } from '../stack.ts';
import { makeDirectory, makeFolder, someFiles } from './dataset-folders.ts';

const bucket = `training-${randomUUID()}`;
const stack = await IdleStack.create(await testStack(), { trainingBucket: bucket });
after(() => stack.close());
const { s3 } = stack.target;
await s3.send(new CreateBucketCommand({ Bucket: bucket }));

const put = (key: string, body: string | Uint8Array) =>
  s3.send(new PutObjectCommand({ Bucket: bucket, Key: key, Body: body }));

async function keys(prefix: string): Promise<string[]> {
  const found: string[] = [];
  for await (const { Contents = [] } of paginateListObjectsV2(
    { client: s3 },
    { Bucket: bucket, Prefix: prefix },
  )) {
    found.push(...Contents.map(({ Key = '' }) => Key.slice(prefix.length)));
  }
  return found;
}

const text = async (key: string) =>
  (await s3.send(new GetObjectCommand({ Bucket: bucket, Key: key }))).Body?.transformToString();

const dataset = (...args: string[]) => runCommand('dataset', args, { env: stack.env });

const importFiles = (directory: string, name: string) =>
  dataset('import', directory, '--name', name, '--no-check-faces');

describe('a data set in a bucket', () => {
  it('is read as one in a directory is, whoever put it there', async () => {
    const names = Array.from({ length: 1200 }, (_, number) => `sub/${number}_${number % 2}_0_2017.jpg`);
    const files = {
      ...someFiles('a_b.jpg', 'ü ñ/😀+%.jpg', ...names.slice(0, 30)),
      'notes.txt': 'x',
      '.DS_Store': 'x',
    };
    for (const [name, content] of Object.entries(files)) await put(`datasets/faces/${name}`, content);
    await put('datasets/faces/folder/', new Uint8Array());
    await put('datasets/faces2/other.jpg', 'of another set');
    const folder = new S3Folder(s3, bucket, 'datasets/faces');
    const local = await makeFolder(files);
    assert.deepEqual(await folder.list(), await local.list());
    assert.equal(folder.name, 'faces');
    assert.equal(Buffer.from(await folder.read('ü ñ/😀+%.jpg')).toString(), 'photo ü ñ/😀+%.jpg');
    const [there, here] = [await indexDataset(folder), await indexDataset(local)];
    assert.equal(there.contentHash, here.contentHash);
    assert.deepEqual(there.photos, here.photos);
    await assert.rejects(
      folder.read('gone.jpg'),
      (error) => error instanceof MissingFileError && /gone\.jpg in s3:/.test(error.message),
    );
  });

  it('is prepared, fetched and opened', async () => {
    const prefix = 'prepared/people/abc/';
    await put('datasets/people/labels.csv', 'file,age,gender\nhopper.jpg,77,F\nlincoln.jpg,54,M\n');
    await put('datasets/people/hopper.jpg', await readFile(samples.hopper));
    await put('datasets/people/lincoln.jpg', await readFile(samples.lincoln));
    const folder = new S3Folder(s3, bucket, 'datasets/people/');
    const index = await indexDataset(folder);
    const [batch] = index.batches;
    assert.ok(batch);
    const detector = await createOnnxEngine(await buildModels()).loadDetector();
    const { shard, jpegs } = await prepareBatch(folder, batch, detector);
    const { prepared } = concludePreparation({ ...index, name: 'people' }, [[batch.name, shard]]);
    await put(`${prefix}${batch.name}.jpegs`, jpegs);
    await put(`${prefix}${batch.name}.json`, JSON.stringify(shard));

    const directory = join(await makeDirectory(), 'people');
    const place = { bucket, prefix };
    const incomplete = downloadPreparedSet(s3, place, directory);
    await assert.rejects(
      incomplete,
      (error) => error instanceof DatasetError && /no prepared\.json/.test(error.message),
    );
    await put(prefix + PREPARED_FILE, JSON.stringify(prepared));
    await downloadPreparedSet(s3, place, directory);
    const set = await openPreparedSet(directory);
    assert.deepEqual(
      set.faces.map(({ file, age }) => [file, age]),
      [
        ['hopper.jpg', 77],
        ['lincoln.jpg', 54],
      ],
    );
    const [first] = set.faces;
    assert.ok(first);
    assert.equal((await sharp(await set.read(first)).metadata()).width, 256);
    await set.close();

    // What is there is not fetched again, and what is missing is.
    const file = join(directory, `${batch.name}.jpegs`);
    const { mtimeMs } = await stat(file);
    await rm(join(directory, `${batch.name}.json`));
    await downloadPreparedSet(s3, place, directory);
    assert.equal((await stat(file)).mtimeMs, mtimeMs);
    assert.equal((await openPreparedSet(directory)).faces.length, 2);
  });
});

describe('corrections', () => {
  it('are a data set of the faces whose owners agreed', async () => {
    const labelBucket = `labels-${randomUUID()}`;
    await s3.send(new CreateBucketCommand({ Bucket: labelBucket }));
    const labels = new Labels(s3, labelBucket);
    const photo = await sharp(samples.hopper).resize({ width: 1536 }).jpeg().toBuffer();
    const { x, y, width, height } = boxes.portrait;
    const box = { x: 3 * x, y: 3 * y, width: 3 * width, height: 3 * height };
    const [estimate] = analysed('api/owner/one', [face({ box })]).faces ?? [];
    assert.ok(estimate?.age && estimate.gender && estimate.score !== undefined);
    const { age, gender, score, ...found } = estimate;
    const keep = (
      id: string,
      number: number,
      label: { age?: number; gender?: 'M' | 'F'; consent: boolean },
    ) =>
      labels.keep(photo, {
        photo: `api/owner/${id}`,
        face: number,
        label: { ...label, labelledAt: new Date().toISOString() },
        estimate: { ...found, age, gender, score },
      });
    await keep('one', 0, { age: 77, gender: 'F', consent: true });
    // The same photo, sent again.
    await keep('two', 3, { gender: 'F', consent: true });
    await keep('three', 0, { age: 50, consent: false });
    await keep('four', 0, { age: 50, consent: true });
    await labels.erase('api/owner/four', 0);

    const folder = new S3Folder(s3, labelBucket, '');
    const index = await indexDataset(folder);
    assert.equal(index.layout, 'corrections');
    assert.deepEqual(index.photos.map(({ file, age, gender }) => [file, age, gender]).sort(), [
      ['owner/one/0.jpg', 77, 'F'],
    ]);
    await keep('five', 0, { age: 20, consent: true });
    const { photos, problems } = await indexDataset(folder).catch((error: DatasetError) => ({
      photos: [],
      ...error,
    }));
    assert.deepEqual(photos, []);
    assert.ok(problems?.some(({ kind }) => kind === 'disagreement'));

    const detector = await createOnnxEngine(await buildModels()).loadDetector();
    const shards = await Promise.all(index.batches.map((batch) => prepareBatch(folder, batch, detector)));
    assert.deepEqual(
      shards.flatMap(({ shard }) => shard.rejections),
      [],
    );
    const [prepared] = shards.flatMap(({ shard }) => shard.faces);
    // The box is in pixels of the picture, which was made smaller.
    assert.equal(prepared?.facesFound, 1);
    const ratio = (prepared?.box?.width ?? 0) / 512;
    assert.ok(ratio > 0.4 && ratio < 0.6, `${prepared?.box?.width} px wide`);
  });
});

describe('npm run dataset', () => {
  it('imports a folder as labels.csv and photos, then only what changed', async () => {
    const files = someFiles(
      '26_1_2_20170116174525125.jpg',
      '30_0_0_20170116174525126.jpg',
      'sub/4_0_1_20170116174525127.jpg',
    );
    const folder = await makeFolder({ ...files, '39_1_20170116174525125.jpg': 'no race' });
    const first = await importFiles(folder.path, 'Faces');
    assert.equal(first.exitCode, 0, first.stderr);
    assert.match(
      first.stdout,
      /^3 labels of 3 photos, 0\.0 MB, read as UTKFace\nages {5}\(4, 6\) 1, \(25, 32\) 2\ngenders {2}M 2, F 1\nrace {5}/,
    );
    assert.match(
      first.stderr,
      /! labels with a value that is not understood \(1\): 39_1_20170116174525125\.jpg/,
    );
    assert.match(first.stderr, /Uploaded 3 photos, .*\n.*--data Faces/);
    assert.deepEqual((await keys('datasets/Faces/')).sort(), [...Object.keys(files), 'labels.csv'].sort());
    assert.match(
      (await text('datasets/Faces/labels.csv')) ?? '',
      /^"file","age","gender","race"\n"26_1_2_\d+\.jpg",26,"F","Asian"/m,
    );

    const [there, here] = [
      await indexDataset(new S3Folder(s3, bucket, 'datasets/Faces')),
      await indexDataset(folder),
    ];
    assert.equal(there.layout, 'labels.csv');
    assert.equal(there.contentHash, here.contentHash);

    await writeFile(join(folder.path, '30_0_0_20170116174525126.jpg'), 'changed');
    await rm(join(folder.path, '26_1_2_20170116174525125.jpg'));
    await s3.send(
      new DeleteObjectCommand({ Bucket: bucket, Key: 'datasets/Faces/sub/4_0_1_20170116174525127.jpg' }),
    );
    const second = await importFiles(folder.path, 'Faces');
    assert.match(second.stderr, /Uploaded 2 photos, 0\.0 MB; 1 file deleted that the set no longer has/);
    const third = await importFiles(folder.path, 'Faces');
    assert.match(third.stderr, /Uploaded 0 photos, 0\.0 MB; 2 were there already/);
    const listed = await dataset('list');
    assert.match(listed.stdout, /^Faces {2}3 files {2}0\.0 MB$/m);
  });

  it('imports nothing of a data set with errors, and says what to mend', async () => {
    const folder = await makeFolder({
      'labels.csv': 'file,age\na.jpg,1\nb.jpg,2\nc.jpg,3\n',
      'a.jpg': 'a',
      'b.jpg': 'a',
      'c.jpg': 'c',
    });
    const { exitCode, stderr } = await importFiles(folder.path, 'faulty');
    assert.equal(exitCode, 2);
    assert.match(stderr, /✗ equal photos with contradicting labels \(1\): a\.jpg \(1\) and b\.jpg \(2\)\n/);
    assert.match(stderr, /Expected a data set without errors/);
    assert.deepEqual(await keys('datasets/faulty/'), []);
    const columns = await makeFolder({ 'labels.csv': 'photo,years\na.jpg,1\n', 'a.jpg': 'a' });
    assert.match(
      (await dataset('check', columns.path)).stderr,
      /Expected columns file, .*received: photo, years/,
    );
  });

  it('refuses names that are none', async () => {
    const folder = await makeFolder(someFiles('26_1_2_20170116174525125.jpg'));
    for (const name of ['corrections', '../up', 'a/b', '']) {
      const { exitCode, stderr } = await importFiles(folder.path, name);
      assert.equal(exitCode, 2);
      assert.match(stderr, /Expected a name of at most 63 letters/);
    }
  });

  it('looks for faces before it imports', async () => {
    const folder = await makeFolder({
      'labels.csv': 'file,age\nhopper.jpg,77\ncoffee.jpg,3\n',
      'hopper.jpg': await readFile(samples.hopper),
      'coffee.jpg': await readFile(samples.coffee),
    });
    const name = `checked-${randomUUID()}`;
    after(() => rm(join(LOCAL, 'prepared', name), { recursive: true, force: true }));
    const { exitCode, stderr } = await dataset('import', folder.path, '--name', name, '--processes', '1');
    assert.equal(exitCode, 0, stderr);
    assert.match(stderr, /! photos in which no face is found \(1\): coffee\.jpg\n/);
    assert.match(stderr, /Uploaded 2 photos/);
  });

  it('prepares faces into a folder', async () => {
    const folder = await makeFolder({
      'labels.csv': 'file,age\nhopper.jpg,77\ncoffee.jpg,3\noath.jpg,40\n',
      'hopper.jpg': await readFile(samples.hopper),
      'coffee.jpg': await readFile(samples.coffee),
      'oath.jpg': await readFile(samples.oath),
    });
    const out = await makeDirectory();
    const prepared = await dataset('prepare', folder.path, out, '--name', 'three', '--processes', '1');
    assert.equal(prepared.exitCode, 0, prepared.stderr);
    assert.match(prepared.stderr, /! photos in which no face is found \(1\): coffee\.jpg\n/);
    assert.match(
      prepared.stderr,
      /! photos with several faces and no box; the largest face is taken \(1\): oath\.jpg \(\d+\)\n/,
    );
    assert.match(prepared.stderr, /Prepared 2 faces in /);
    const set = await openPreparedSet(out);
    assert.deepEqual(
      set.faces.map(({ file }) => file),
      ['hopper.jpg', 'oath.jpg'],
    );
  });
});
