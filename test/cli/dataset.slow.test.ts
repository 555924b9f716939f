import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import {
  CreateBucketCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  paginateListObjectsV2,
} from '@aws-sdk/client-s3';
import { LOCAL } from '../../local/stack.ts';
import { indexDataset } from '../../training/dataset/catalogue.ts';
import { openPreparedSet } from '../../training/dataset/prepared-set.ts';
import { S3Folder } from '../../training/dataset/s3-folder.ts';
import { samples } from '../fixtures/index.ts';
import { testStack } from '../stack.ts';
import { makeDirectory, makeFolder, someFiles } from '../training/dataset/folders.ts';
import { runCommand } from './commands.ts';
import { IdleStack } from './idle-stack.ts';

const bucket = `training-${randomUUID()}`;
const stack = await IdleStack.create(await testStack(), { trainingBucket: bucket });
after(() => stack.close());
const { s3 } = stack.target;
await s3.send(new CreateBucketCommand({ Bucket: bucket }));

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
    assert.match(second.stderr, /Uploaded 2 photos, 0\.0 MB; 1 file deleted, no longer in the set/);
    const third = await importFiles(folder.path, 'Faces');
    assert.match(third.stderr, /Uploaded 0 photos, 0\.0 MB; 2 were already there/);
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
    assert.match(
      stderr,
      /✗ identical photos with contradicting labels \(1\): a\.jpg \(1\) and b\.jpg \(2\)\n/,
    );
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
      /! photos with several faces and no box; the largest face is used \(1\): oath\.jpg \(\d+\)\n/,
    );
    assert.match(prepared.stderr, /Prepared 2 faces in /);
    const set = await openPreparedSet(out);
    assert.deepEqual(
      set.faces.map(({ file }) => file),
      ['hopper.jpg', 'oath.jpg'],
    );
  });
});
