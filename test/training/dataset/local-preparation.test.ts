import assert from 'node:assert/strict';
import { readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import sharp from 'sharp';
import { indexDataset } from '../../../training/dataset/catalogue.ts';
import { prepareLocally } from '../../../training/dataset/local-preparation.ts';
import { FACE_SIDE } from '../../../training/dataset/prepared.ts';
import {
  joinPreparedSets,
  joinWithReference,
  openPreparedSet,
  withoutPoorFaces,
} from '../../../training/dataset/prepared-set.ts';
import { DatasetError } from '../../../training/dataset/problem.ts';
import { samples } from '../../fixtures/index.ts';
import { makeDirectory, makeFolder, variants } from './folders.ts';

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

  it('is not made again, except for what changed', async () => {
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

  it('continues where it was interrupted, and is not open before it is complete', async () => {
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

  it('can be joined with another one, by whose name results are reported', async () => {
    const one = await openPreparedSet(directory);
    const joined = joinPreparedSets([one, { ...one, name: 'others' }]);
    assert.equal(joined.name, 'people+others');
    // What both judge by counts once.
    const learned = one.faces.filter(({ split }) => split !== 'test');
    assert.ok(learned.length < one.faces.length);
    assert.equal(joined.faces.length, one.faces.length + learned.length);
    assert.deepEqual(joined.faces.at(-1)?.groups, { ...learned.at(-1)?.groups, set: 'others' });
    const [face] = one.faces;
    const [same] = joined.faces;
    assert.ok(face && same);
    assert.deepEqual(await joined.read(same), await one.read(face));
    await joined.close();
  });

  it('is joined with another one so that nobody is learned from who is judged by', async () => {
    const one = await openPreparedSet(directory);
    const [face] = one.faces;
    assert.ok(face);
    const set = (name: string, ...faces: readonly Partial<typeof face>[]) => ({
      ...{ name, contentHash: name, read: one.read, close: one.close },
      faces: faces.map((each, index) => ({ ...face, hash: `${name}${index}`, ...each })),
    });
    const joined = joinPreparedSets([
      set(
        'one',
        { split: 'test', subject: 'anna' },
        { split: 'validation', hash: 'same' },
        { split: 'train' },
      ),
      set(
        'two',
        { split: 'train', subject: 'anna' },
        { split: 'validation', subject: 'anna' },
        { split: 'train', hash: 'same' },
        { split: 'train', subject: 'ben' },
      ),
    ]);
    assert.deepEqual(
      joined.faces.map(({ groups: { set }, split, subject }) => [set, split, subject]),
      [
        ['one', 'test', 'anna'],
        ['one', 'validation', undefined],
        ['one', 'train', undefined],
        ['two', 'train', 'ben'],
      ],
    );
    await one.close();
  });

  it('can be learned from without the faces of poor pictures, and is calibrated and judged by all', async () => {
    const all = await openPreparedSet(directory);
    const scores = all.faces.map(({ quality = Number.NaN }) => quality);
    assert.ok(
      scores.every((score) => score > 0 && score <= 100),
      `${scores}`,
    );
    const limit = Math.max(...scores) + 0.1;
    const good = withoutPoorFaces(all, limit);
    assert.deepEqual(
      good.faces,
      all.faces.filter(({ split }) => split !== 'train'),
    );
    assert.notEqual(good.contentHash, all.contentHash);
    assert.equal(withoutPoorFaces(all, 0), all);
    await all.close();
  });

  it('can be judged by another one alone, from whose photos nothing is learned', async () => {
    const one = await openPreparedSet(directory);
    const learned = one.faces.filter(({ split }) => split !== 'test');
    const [copy, ...others] = learned;
    assert.ok(copy);
    // One of its photos is among those that were corrected.
    const reference = { ...one, name: 'reference', faces: [copy] };
    const joined = joinWithReference([one], reference);
    const of = (name: string) => joined.faces.filter(({ groups }) => groups.set === name);
    assert.deepEqual(
      of('people').map(({ file }) => file),
      others.map(({ file }) => file),
    );
    assert.deepEqual(
      of('reference').map(({ file, split }) => [file, split]),
      [[copy.file, 'test']],
    );
    assert.deepEqual(await joined.read(of('reference')[0] ?? copy), await one.read(copy));
    // A reference that is learned from, too, judges by its test faces.
    const both = joinWithReference([{ ...one, name: 'corrections' }, one], one);
    assert.deepEqual(
      both.faces.filter(({ split }) => split === 'test').map(({ file, groups }) => [file, groups.set]),
      one.faces.filter(({ split }) => split === 'test').map(({ file }) => [file, 'people']),
    );
  });

  it('that vanishes, or is cut off, is reported as such', async () => {
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
