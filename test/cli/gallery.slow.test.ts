import assert from 'node:assert/strict';
import { copyFile, mkdir } from 'node:fs/promises';
import path from 'node:path';
import { before, describe, it } from 'node:test';
import sharp from 'sharp';
import { openGallery } from '../../models/gallery.ts';
import { samples } from '../fixtures/index.ts';
import { emptyAws } from '../models/bucket.ts';
import { runCommand } from './commands.ts';
import { writeTrainingStack } from './training-stack.ts';

const { aws, s3, folder } = await emptyAws();
const env = { FACEDROP_FOLDER: folder };
const bucket = 'trainings';

describe('npm run gallery', () => {
  before(async () => {
    await s3.createBucket({ Bucket: bucket });
    await writeTrainingStack(aws, folder, bucket);
  });

  const gallery = (...args: string[]) => runCommand('gallery', args, { env });

  it('adds people by their photos, two at once, and keeps no photo', async () => {
    const [ada, lincoln] = await Promise.all([
      gallery('add', 'Eileen Collins', samples.astronaut),
      gallery('add', '林肯', samples.lincoln),
    ]);
    assert.equal(ada.exitCode, 0, ada.stderr);
    assert.equal(ada.stdout, 'Eileen Collins: 1 photo');
    assert.match(
      ada.stderr,
      /Gallery of the local stack.*No photo was kept\..*biometric data.*agreed to it/s,
    );
    assert.match(ada.stderr, /does not estimate looks, which likeness is a part of/);
    assert.equal(lincoln.stdout, '林肯: 1 photo', lincoln.stderr);
    const { Contents = [] } = await s3.listObjectsV2({ Bucket: bucket });
    assert.deepEqual(
      Contents.map(({ Key }) => Key),
      ['gallery/people.json'],
    );
    assert.ok((Contents[0]?.Size ?? 0) < 1000);
  });

  it('names photos that it cannot use, and adds the others', async () => {
    const { exitCode, stdout, stderr } = await gallery(
      ...['add', 'Eileen Collins'],
      ...[
        samples.astronaut,
        samples.oath,
        samples.coffee,
        path.join(import.meta.dirname, 'gallery.slow.test.ts'),
      ],
    );
    assert.equal(exitCode, 1);
    assert.equal(stdout, 'Eileen Collins: 1 photo', 'the photo is there already');
    assert.match(
      stderr,
      /oath\.jpg cannot be used: Expected one face but found \d+ faces\. Crop the others out\./,
    );
    assert.match(stderr, /coffee\.jpg cannot be used: Expected a face but found none\./);
    assert.match(stderr, /gallery\.slow\.test\.ts cannot be used: Expected/);
    const nothing = await gallery('add', 'Nobody', samples.coffee);
    assert.equal(nothing.exitCode, 2);
    assert.match(nothing.stderr, /Expected photos of Nobody but none can be used\. Nothing was added\./);
    const long = await gallery('add', '𠮷'.repeat(31), samples.astronaut);
    assert.match(long.stderr, /at most 40 visible characters/);
    const nameless = await gallery('add', 'x'.repeat(41), samples.astronaut);
    assert.equal(nameless.exitCode, 2);
    assert.match(nameless.stderr, /at most 40 visible characters/);
  });

  it('lists them, and removes them', async () => {
    const { stdout } = await gallery('list');
    const [title, ...rows] = stdout.split('\n');
    assert.match(title ?? '', /^Name +Photos +Last added +Bytes$/);
    assert.equal(rows.length, 2);
    assert.match(stdout, /\nEileen Collins +1 +\d{4}-\d\d-\d\d \d\d:\d\d UTC +128/);
    const json = (await gallery('list', '--json')).stdout.split('\n').map((line) => JSON.parse(line));
    assert.deepEqual(
      json
        .map(({ name, photos, bytes }) => ({ name, photos, bytes }))
        .sort((one, other) => (one.name < other.name ? -1 : 1)),
      [
        { name: 'Eileen Collins', photos: 1, bytes: 128 },
        { name: '林肯', photos: 1, bytes: 128 },
      ],
    );

    assert.equal((await gallery('remove', '林肯')).stdout, '林肯: removed, with the vectors of 1 photo');
    const again = await gallery('remove', '林肯');
    assert.equal(again.exitCode, 2);
    assert.match(again.stderr, /there is no "林肯"/);
    await gallery('remove', 'Eileen Collins');
    assert.equal((await gallery('list')).stdout, 'The gallery is empty.');
    assert.equal((await openGallery({ client: s3, bucket }).read()).gallery, undefined);
  });

  it('measures how well likeness tells people apart', async () => {
    const people = path.join(folder, 'people');
    for (const [name, file] of Object.entries({ collins: samples.astronaut, hopper: samples.hopper })) {
      await mkdir(path.join(people, name), { recursive: true });
      await copyFile(file, path.join(people, name, 'photo.jpg'));
      await sharp(file)
        .flop()
        .toFile(path.join(people, name, 'mirrored.jpg'));
    }
    const strangers = path.join(folder, 'strangers');
    await mkdir(path.join(strangers, 'group'), { recursive: true });
    for (const file of [samples.astronaut, samples.lincoln]) {
      await copyFile(file, path.join(strangers, 'group', path.basename(file)));
    }
    const { stdout, exitCode } = await gallery('evaluate', people, '--strangers', strangers);
    assert.equal(exitCode, 0);
    assert.match(stdout, /^strangers +faces +pairs +likeness +over 50\ngroup +2 +1 +\d+ +0\.0 %/);
    assert.match(stdout, /\npeople +faces +people +same-person pairs +other pairs +AUC/);
    assert.match(stdout, /FaceRecognitionNet +4 +2 +2 +4 +1\.0000/);
    const alone = await gallery('evaluate', path.join(people, 'hopper'));
    assert.equal(alone.exitCode, 2);
    assert.match(alone.stderr, /Put the photos of each person into a separate folder\./);
  });
});
