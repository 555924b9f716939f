import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { readFile, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { CreateBucketCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import sharp from 'sharp';
import { Labels } from '../../../functions/shared/labels.ts';
import { createOnnxEngine } from '../../../layers/onnx/engine.ts';
import { buildModels } from '../../../models/build/build.ts';
import { indexDataset } from '../../../training/dataset/catalogue.ts';
import { concludePreparation } from '../../../training/dataset/conclusion.ts';
import { downloadPreparedSet } from '../../../training/dataset/download.ts';
import { MissingFileError } from '../../../training/dataset/folder.ts';
import { prepareBatch } from '../../../training/dataset/preparation.ts';
import { PREPARED_FILE } from '../../../training/dataset/prepared.ts';
import { openPreparedSet } from '../../../training/dataset/prepared-set.ts';
import { DatasetError } from '../../../training/dataset/problem.ts';
import { S3Folder } from '../../../training/dataset/s3-folder.ts';
import { IdleStack } from '../../cli/idle-stack.ts';
import { analysed, face } from '../../cli/photos.ts';
import { faces as boxes, samples } from '../../fixtures/index.ts';
import { testStack } from '../../stack.ts';
import { makeDirectory, makeFolder, someFiles } from './folders.ts';

const bucket = `training-${randomUUID()}`;
const stack = await IdleStack.create(await testStack(), { trainingBucket: bucket });
after(() => stack.close());
const { s3 } = stack.target;
await s3.send(new CreateBucketCommand({ Bucket: bucket }));

const put = (key: string, body: string | Uint8Array) =>
  s3.send(new PutObjectCommand({ Bucket: bucket, Key: key, Body: body }));

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
