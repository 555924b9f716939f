import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import sharp from 'sharp';
import { createOnnxEngine } from '../../layers/onnx/engine.ts';
import { buildModels } from '../../models/build.ts';
import { indexDataset } from '../../training/dataset/catalogue.ts';
import type { LocalFolder } from '../../training/dataset/folder.ts';
import { prepareLocally } from '../../training/dataset/local-preparation.ts';
import { prepareBatch } from '../../training/dataset/preparation.ts';
import { FACE_SIDE } from '../../training/dataset/prepared.ts';
import { joinPreparedSets, openPreparedSet } from '../../training/dataset/prepared-set.ts';
import { DatasetError } from '../../training/dataset/problem.ts';
import { faces as boxes, fixtures, samples } from '../fixtures/index.ts';
import { makeDirectory, makeFolder, variants } from './dataset-folders.ts';

const detector = await createOnnxEngine(await buildModels()).loadDetector();

/** Prepares a folder of one batch. */
async function prepare(folder: LocalFolder) {
  const { batches } = await indexDataset(folder);
  const [batch] = batches;
  assert.ok(batch && batches.length === 1);
  return prepareBatch(folder, batch, detector);
}

/** What the detector finds in a picture: a face in the middle, its eyes level. */
async function look(jpeg: Uint8Array) {
  const { data, info } = await sharp(jpeg).raw().toBuffer({ resolveWithObject: true });
  const [face] = await detector.detect({ data, width: info.width, height: info.height }, 0.3);
  assert.ok(face, 'no face in what was cut');
  const { x, y, width, height } = face.box;
  const [left, right] = face.landmarks;
  assert.ok(left && right);
  return {
    centre: { x: x + width / 2, y: y + height / 2 },
    height,
    tilt: (Math.atan2(right.y - left.y, right.x - left.x) * 180) / Math.PI,
  };
}

const jpegs = async (folder: LocalFolder) => {
  const { shard, jpegs } = await prepare(folder);
  return new Map(
    shard.faces.map(({ file, offset, length }) => [file, jpegs.subarray(offset, offset + length)]),
  );
};

describe('a prepared face', () => {
  it('is a square JPEG with the face upright in the middle, as large in every photo', async () => {
    const portrait = await readFile(samples.hopper);
    const tilted = await sharp(portrait).rotate(20, { background: '#777' }).jpeg().toBuffer();
    const small = await sharp(portrait).resize({ width: 120 }).jpeg().toBuffer();
    const cut = await jpegs(
      await makeFolder({
        'labels.csv': 'file,age\nportrait.jpg,77\ntilted.jpg,77\nsmall.jpg,77\nsideways.jpg,54\n',
        'portrait.jpg': portrait,
        'tilted.jpg': tilted,
        'small.jpg': small,
        'sideways.jpg': await readFile(samples.lincoln),
      }),
    );
    assert.equal(cut.size, 4);
    for (const [file, jpeg] of cut) {
      const { format, width, height, chromaSubsampling } = await sharp(jpeg).metadata();
      assert.deepEqual([format, width, height, chromaSubsampling], ['jpeg', FACE_SIDE, FACE_SIDE, '4:4:4']);
      const { centre, height: face, tilt } = await look(jpeg);
      const off = Math.hypot(centre.x - FACE_SIDE / 2, centre.y - FACE_SIDE / 2);
      assert.ok(off < 0.1 * FACE_SIDE, `${file}: ${off} px off the middle`);
      assert.ok(Math.abs(tilt) < 4, `${file}: tilted by ${tilt}°`);
      assert.ok(face > 0.5 * FACE_SIDE && face < 0.85 * FACE_SIDE, `${file}: ${face} px high`);
    }
  });

  it('shows the face that fills its photo', async () => {
    const { x, y, width, height } = boxes.portrait;
    const chip = await sharp(samples.hopper)
      .extract({ left: x - 10, top: y - 10, width: width + 20, height: height + 20 })
      .resize(144, 144, { fit: 'fill' })
      .jpeg()
      .toBuffer();
    const cut = await jpegs(await makeFolder({ '77_1_0_20170116174525125.jpg': chip }));
    assert.equal(cut.size, 1);
  });

  it('is the largest one, or the one in the box', async () => {
    const photo = await sharp(samples.hopper)
      .extend({ right: 512, background: '#777' })
      .composite([
        { input: await sharp(samples.hopper).resize({ width: 256 }).toBuffer(), left: 600, top: 100 },
      ])
      .jpeg()
      .toBuffer();
    const folder = await makeFolder({
      'labels.csv':
        'file,age,x,y,width,height\na.jpg,77,,,,\nb.jpg,77,680,160,100,110\nb.jpg,20,170,120,190,210\nc.jpg,77,2000,100,100,100\nd.jpg,40,420,420,80,80\n',
      'a.jpg': photo,
      'b.jpg': await sharp(photo).modulate({ brightness: 1.05 }).jpeg().toBuffer(),
      'c.jpg': await sharp(photo).modulate({ brightness: 1.1 }).jpeg().toBuffer(),
      'd.jpg': await readFile(samples.hopper),
    });
    const { shard, jpegs } = await prepare(folder);
    const found = shard.faces.map(({ file, age, facesFound }) => [file, age, facesFound]);
    assert.deepEqual(found, [
      ['a.jpg', 77, 2],
      ['b.jpg', 77, 2],
      ['b.jpg', 20, 2],
      // Nobody but the label sees a face in her sleeve.
      ['d.jpg', 40, 1],
    ]);
    assert.deepEqual(
      shard.rejections.map(({ file, reason }) => [file, reason]),
      [['c.jpg', 'box-outside']],
    );
    // The face in the smaller box was enlarged more, and so has less detail.
    const details = await Promise.all(
      shard.faces.map(async ({ offset, length }) => {
        const pixels = await sharp(jpegs.subarray(offset, offset + length))
          .greyscale()
          .raw()
          .toBuffer();
        return pixels.reduce((sum, value, index) => sum + Math.abs(value - (pixels[index - 1] ?? value)), 0);
      }),
    );
    const [largest = 0, small = 0, large = 0] = details;
    assert.ok(small < 0.8 * large, `details ${details.join()}`);
    assert.ok(Math.abs(largest - large) < 0.1 * large, `details ${details.join()}`);
  });
});

it('photos that cannot be used are told and fail nothing', async () => {
  const folder = await makeFolder({
    'labels.csv':
      'file,age,gender\ncoffee.jpg,1,F\ncorrupt.jpg,2,F\ntext.jpg,3,F\nempty.jpg,4,F\nbomb.png,5,F\nheic.heic,6,F\ngone.jpg,7,M\nportrait.jpg,77,F\n',
    'coffee.jpg': await readFile(samples.coffee),
    'corrupt.jpg': await readFile(await fixtures.corruptJpeg()),
    'text.jpg': 'no photo',
    'empty.jpg': '',
    'bomb.png': await readFile(await fixtures.decompressionBomb()),
    'heic.heic': await readFile(await fixtures.heic()),
    'gone.jpg': 'here for now',
    'portrait.jpg': await readFile(samples.hopper),
  });
  const { batches } = await indexDataset(folder);
  await rm(join(folder.path, 'gone.jpg'));
  const [batch] = batches;
  assert.ok(batch);
  const { shard } = await prepareBatch(folder, batch, detector);
  assert.deepEqual(Object.fromEntries(shard.rejections.map(({ file, reason }) => [file, reason])), {
    'coffee.jpg': 'no-face',
    'corrupt.jpg': 'unreadable',
    'text.jpg': 'unreadable',
    'empty.jpg': 'unreadable',
    'bomb.png': 'unreadable',
    'heic.heic': 'unreadable',
    'gone.jpg': 'missing',
  });
  const [face] = shard.faces;
  const hash = createHash('sha256')
    .update(await readFile(samples.hopper))
    .digest('hex');
  assert.deepEqual([face?.file, face?.age, face?.hash], ['portrait.jpg', 77, hash]);
});

describe('a data set that is prepared on this machine', async () => {
  const people = [samples.hopper, samples.astronaut, samples.lincoln];
  const photos = (await Promise.all(people.map((path) => variants(path, 45)))).flat();
  const names = photos.map((_, number) => `${number}.jpg`);
  const folder = await makeFolder({
    'labels.csv': `file,age,gender,who\n${names.map((name, number) => `${name},${number % 100},${number < 90 ? 'F' : 'M'},${Math.floor(number / 45)}\n`).join('')}cup.jpg,1,F,3\n`,
    ...Object.fromEntries(names.map((name, number) => [name, photos[number] ?? ''])),
    'cup.jpg': await readFile(samples.coffee),
  });
  const index = await indexDataset(folder);
  const directory = await makeDirectory();

  it('is read face by face, in the same order each time', async () => {
    const progress: number[] = [];
    const { prepared, problems } = await prepareLocally(folder, index, directory, {
      name: 'people',
      processes: 2,
      onProgress: (done) => progress.push(done),
    });
    assert.equal(prepared.faces, 135);
    assert.deepEqual(
      problems.map(({ kind, examples }) => [kind, examples]),
      [['no-face', ['cup.jpg']]],
    );
    assert.equal(progress.at(-1), 136);
    const set = await openPreparedSet(directory);
    assert.equal(set.name, 'people');
    assert.equal(set.faces.length, 135);
    assert.deepEqual(new Set(set.faces.map(({ groups }) => groups.who)), new Set(['0', '1', '2']));
    for (const face of [set.faces[0], set.faces[99], set.faces[134]]) {
      assert.ok(face);
      const { width, height } = await sharp(await set.read(face)).metadata();
      assert.deepEqual([width, height], [FACE_SIDE, FACE_SIDE]);
    }
    await set.close();
    const again = await openPreparedSet(directory);
    assert.deepEqual(again.faces, set.faces);
    await again.close();
  });

  it('is not made again, but for what changed', async () => {
    const times = async () =>
      new Map(
        await Promise.all(
          (await readdir(directory)).map(
            async (name) => [name, (await stat(join(directory, name))).mtimeMs] as const,
          ),
        ),
      );
    const before = await times();
    await prepareLocally(folder, await indexDataset(folder), directory, { name: 'people' });
    const again = await times();
    for (const name of index.batches.map((batch) => `${batch.name}.jpegs`)) {
      assert.equal(again.get(name), before.get(name));
    }
    const csv = await readFile(join(folder.path, 'labels.csv'), 'utf8');
    await writeFile(join(folder.path, 'labels.csv'), csv.replace('\n7.jpg,7,', '\n7.jpg,8,'));
    await prepareLocally(folder, await indexDataset(folder), directory, { name: 'people' });
    const after = await times();
    const made = index.batches.filter(
      (batch) => after.get(`${batch.name}.jpegs`) !== before.get(`${batch.name}.jpegs`),
    );
    assert.deepEqual(
      made.map(({ photos }) => photos.some(({ file }) => file === '7.jpg')),
      [true],
    );
    const set = await openPreparedSet(directory);
    assert.equal(set.faces.find(({ file }) => file === '7.jpg')?.age, 8);
  });

  it('goes on where it was interrupted, and is not open before it is complete', async () => {
    const interrupted = await makeDirectory();
    const controller = new AbortController();
    await assert.rejects(
      prepareLocally(folder, await indexDataset(folder), interrupted, {
        name: 'people',
        processes: 1,
        signal: controller.signal,
        onProgress: (done) => done > 0 && controller.abort(new Error('stopped')),
      }),
      /stopped/,
    );
    await assert.rejects(openPreparedSet(interrupted), /Expected a prepared data set/);
    const kept = (await readdir(interrupted)).filter((name) => name.endsWith('.json'));
    assert.equal(kept.length, 1);
    let first: number | undefined;
    await prepareLocally(folder, await indexDataset(folder), interrupted, {
      name: 'people',
      onProgress: (done) => {
        first ??= done;
      },
    });
    assert.ok(first && first > 0, 'what was there was made again');
    assert.deepEqual((await openPreparedSet(interrupted)).faces, (await openPreparedSet(directory)).faces);
  });

  it('can be joined with another one, by whose name results are told', async () => {
    const one = await openPreparedSet(directory);
    const joined = joinPreparedSets([one, { ...one, name: 'others' }]);
    assert.equal(joined.name, 'people+others');
    assert.equal(joined.faces.length, 2 * one.faces.length);
    assert.deepEqual(joined.faces.at(-1)?.groups, { ...one.faces.at(-1)?.groups, set: 'others' });
    const [face] = one.faces;
    const [same] = joined.faces;
    assert.ok(face && same);
    assert.deepEqual(await joined.read(same), await one.read(face));
    await joined.close();
  });

  it('that vanishes, or is cut off, is told of as such', async () => {
    const set = await openPreparedSet(directory);
    const last = set.faces.at(-1);
    assert.ok(last);
    await writeFile(join(directory, `${last.shard}.jpegs`), 'cut off');
    await assert.rejects(
      set.read(last),
      (error) => error instanceof DatasetError && /it has less than \d+ bytes/.test(error.message),
    );
    await set.close();
    await rm(directory, { recursive: true });
    await assert.rejects(
      set.read(last),
      (error) => error instanceof DatasetError && /cannot be read: ENOENT/.test(error.message),
    );
  });

  it('without a face is refused', async () => {
    const cups = await makeFolder({
      'labels.csv': 'file,age\na.jpg,1\n',
      'a.jpg': await readFile(samples.coffee),
    });
    await assert.rejects(
      prepareLocally(cups, await indexDataset(cups), await makeDirectory(), { name: 'cups' }),
      /Expected faces in data set cups but found none\.\nphotos in which no face is found \(1\): a\.jpg/,
    );
  });
});
