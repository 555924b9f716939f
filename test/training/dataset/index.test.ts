import assert from 'node:assert/strict';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { batchSchema } from '../../../training/dataset/batch.ts';
import { assertUsable, indexDataset } from '../../../training/dataset/catalogue.ts';
import { DatasetError, describeProblem } from '../../../training/dataset/problem.ts';
import { foldOf, splitOf } from '../../../training/dataset/split.ts';
import { makeFolder, someFiles } from './folders.ts';

const FINE = { 'a.jpg': 'a', 'b.jpg': 'b', 'c.jpg': 'c' };

/** Indexes a folder of these labels and files. */
const index = async (csv: string, files: Readonly<Record<string, string>> = FINE) =>
  indexDataset(await makeFolder({ 'labels.csv': csv, ...files }));

const kinds = ({ problems }: Awaited<ReturnType<typeof index>>) =>
  problems.map(({ kind, count }) => [kind, count]);

describe('a data set', () => {
  it('without anything wrong is divided into batches of all its photos', async () => {
    const { layout, photos, batches, problems } = await index(
      'file,age,gender\na.jpg,1,M\nb.jpg,40,F\nc.jpg,116,F\n',
    );
    assert.equal(layout, 'labels.csv');
    assert.deepEqual(problems, []);
    assert.deepEqual(
      batches.flatMap((batch) => batchSchema.parse(batch).photos),
      photos,
    );
    assert.deepEqual(photos.map(({ file }) => file).sort(), Object.keys(FINE));
  });

  it('is used without what is wrong in it, which is reported', async () => {
    const found = await index(
      'file,age,gender\na.jpg,1,M\nb.jpg,117,F\nc.jpg,-1,F\nd.jpg,,\ne.jpg,3,F\n../f.jpg,3,F\ngone.jpg,3,F\n',
      { ...FINE, 'd.jpg': 'd', 'e.jpg': 'e', 'extra.png': 'x', 'notes.txt': 'not a photo' },
    );
    assert.deepEqual(kinds(found), [
      ['outside-path', 1],
      ['missing-file', 1],
      ['no-label', 1],
      ['age-out-of-range', 2],
      ['unlabelled', 1],
    ]);
    assert.deepEqual(found.photos.map(({ file }) => file).sort(), ['a.jpg', 'e.jpg']);
    const age = found.problems.find(({ kind }) => kind === 'age-out-of-range');
    assert.equal(
      age && describeProblem(age),
      'ages out of range (2): b.jpg (117; expected 0 to 116); c.jpg (-1; expected 0 to 116)',
    );
    assertUsable(found);
  });

  it('of corrections has no more of one owner than count', async () => {
    const label = { consent: true, gender: 'F', labelledAt: '2026-01-31T12:00:00Z' };
    const box = { x: 0, y: 0, width: 9, height: 9 };
    const landmarks = Array.from({ length: 5 }, () => ({ x: 1, y: 1 }));
    const correction = JSON.stringify({ label, crop: box, estimate: { box, confidence: 0.9, landmarks } });
    const files = (owner: string, count: number) =>
      Array.from({ length: count }, (_, photo) => [
        [`${owner}/${photo}/0.json`, correction],
        [`${owner}/${photo}/0.jpg`, `${owner} ${photo}`],
      ]).flat();
    const folder = await makeFolder(Object.fromEntries([...files('many', 30), ...files('few', 5)]));
    const found = await indexDataset(folder, { correctionsPerOwner: 10 });
    const owners = Map.groupBy(found.photos, ({ file }) => file.split('/')[0]);
    assert.deepEqual([owners.get('many')?.length, owners.get('few')?.length], [10, 5]);
    assert.match(
      found.problems.map(describeProblem).join(),
      /more corrections than one owner may have; .* \(1\): many \(30, of which 10 count\)/,
    );
    // The same ones each time, and all where nothing is said.
    assert.equal((await indexDataset(folder, { correctionsPerOwner: 10 })).contentHash, found.contentHash);
    assert.equal((await indexDataset(folder)).photos.length, 35);
  });

  it('keeps one of equal photos', async () => {
    const found = await index('file,age,gender\na.jpg,1,M\nb.jpg,1,M\nc.jpg,3,F\n', {
      ...FINE,
      'b.jpg': 'a',
    });
    assert.deepEqual(kinds(found), [['duplicate', 1]]);
    assert.deepEqual(found.photos.map(({ file }) => file).sort(), ['a.jpg', 'c.jpg']);
  });

  it('keeps all that is said of equal photos', async () => {
    const found = await index('file,age,gender,subject\na.jpg,,M,\nb.jpg,1,,anna\nc.jpg,3,F,\n', {
      ...FINE,
      'b.jpg': 'a',
    });
    assert.deepEqual(kinds(found), [['duplicate', 1]]);
    const merged = found.photos.find(({ file }) => file === 'a.jpg');
    assert.deepEqual(merged, { file: 'a.jpg', age: 1, gender: 'M', subject: 'anna', groups: {} });
  });

  it('knows nothing of what further columns of equal photos contradict each other in', async () => {
    const csv =
      'file,glasses,hair,stars\na.jpg,yes,dark,2\nb.jpg,no,Dark,2.0\nb.jpg,yes,,\nc.jpg,no,fair,3\nd.jpg,yes,,\nd.jpg,no,,\n';
    const found = await index(csv, { ...FINE, 'b.jpg': 'a', 'd.jpg': 'd' });
    assert.deepEqual(kinds(found), [
      ['duplicate', 2],
      ['contradicting-cells', 2],
    ]);
    assert.deepEqual(found.problems.at(-1)?.examples, [
      'a.jpg and b.jpg (glasses: yes, no)',
      'd.jpg (glasses: yes, no)',
    ]);
    const { groups } = found.photos.find(({ file }) => file === 'a.jpg') ?? {};
    assert.deepEqual(
      [groups?.glasses, groups?.hair?.toLowerCase(), Number(groups?.stars)],
      [undefined, 'dark', 2],
    );
    // Nothing is left of the one that says nothing else.
    assert.deepEqual(found.photos.map(({ file }) => file).sort(), ['a.jpg', 'c.jpg']);
    assertUsable(found);
  });

  it('may have several faces in a photo, with a box each', async () => {
    const found = await index(
      'file,age,gender,x,y,width,height\na.jpg,1,M,0,0,9,9\na.jpg,30,F,20,0,9,9\nb.jpg,50,F,,,,\n',
    );
    assert.deepEqual(kinds(found), [['no-label', 1]]);
    assert.equal(found.photos.length, 3);
    assert.equal(found.files.length, 2);
  });

  it('takes boxes that two people drew around a face for one', async () => {
    const found = await index(
      'file,age,gender,x,y,width,height\na.jpg,1,M,0,0,90,90\na.jpg,1,M,2,1,90,90\na.jpg,30,F,60,0,90,90\nb.jpg,50,F,,,,\n',
    );
    assert.deepEqual(kinds(found), [
      ['no-label', 1],
      ['duplicate', 1],
    ]);
    assert.deepEqual(
      found.photos.filter(({ file }) => file === 'a.jpg').map(({ age }) => age),
      [1, 30],
    );
  });

  it('with contradicting labels is not to be trained on', async () => {
    const found = await index('file,age,gender\na.jpg,1,M\nb.jpg,30,M\nc.jpg,3,F\n', {
      ...FINE,
      'b.jpg': 'a',
    });
    assert.deepEqual(kinds(found)[0], ['contradiction', 1]);
    assert.deepEqual(
      found.photos.map(({ file }) => file),
      ['c.jpg'],
    );
    assert.throws(
      () => assertUsable(found),
      (error) =>
        error instanceof DatasetError &&
        /contradicting labels \(1\): a\.jpg \(1, M\) and b\.jpg \(30, M\)/.test(error.message),
    );
  });

  it('is used without pictures that are labelled as two people, with a warning', async () => {
    const twice = { ...FINE, 'b.jpg': 'a' };
    for (const csv of [
      'file,age,gender,subject\na.jpg,1,M,ben\nb.jpg,30,F,anna\nc.jpg,3,F,\n',
      // Also where they are said to be alike.
      'file,age,gender,subject\na.jpg,1,M,ben\nb.jpg,1,M,adam\nc.jpg,3,F,\n',
      // A couple in one picture, without a box for either.
      'file,age,gender\na.jpg,31,M\na.jpg,30,F\nc.jpg,3,F\n',
    ]) {
      const found = await index(csv, csv.includes('b.jpg') ? twice : { 'a.jpg': 'a', 'c.jpg': 'c' });
      assert.deepEqual(kinds(found)[0], ['two-people', 1]);
      assert.deepEqual(
        found.photos.map(({ file }) => file),
        ['c.jpg'],
      );
      assertUsable(found);
    }
  });

  it('is used without such pictures in published layouts', async () => {
    const wiki = await readFile(join(import.meta.dirname, 'layouts', 'mat', 'wiki.mat'));
    const same = '2_20170116174525125.jpg';
    for (const files of [
      { 'wiki.mat': wiki, '00/anna.jpg': 'a', '00/ben.jpg': 'a', '01/two.jpg': 'b' },
      { [`26_1_${same}`]: 'a', [`62_0_${same}`]: 'a', [`30_1_${same}`]: 'b' },
      { '07380A02.jpg': 'a', '07381A80.jpg': 'a', '07382A80.jpg': 'b' },
    ]) {
      const folder = await makeFolder(files);
      const problems = await indexDataset(folder).then(
        (found) => found.problems,
        (error: DatasetError) => error.problems,
      );
      const problem = problems.find(({ kind }) => kind === 'two-people');
      assert.equal(problem?.severity, 'warning');
      assert.match(problem.examples[0] ?? '', / and .*jpg/);
      assert.ok(!problems.some(({ severity }) => severity === 'error'));
    }
  });

  it('with a person in two splits is not to be trained on', async () => {
    const found = await index(
      'file,age,subject,split\na.jpg,1,anna,train\nb.jpg,30,anna,test\nc.jpg,3,ben,\n',
    );
    assert.deepEqual(kinds(found), [['subject-in-two-splits', 1]]);
    assert.throws(() => assertUsable(found), /more than one split.* \(1\): anna \(train, test: b\.jpg\)/);
  });

  it('says when there is nothing to tell apart', async () => {
    const found = await index('file,age,gender\na.jpg,25,M\nb.jpg,30,M\nc.jpg,32,M\n');
    assert.deepEqual(
      found.problems.map(({ kind, examples }) => [kind, examples]),
      [['one-class', ['all ages are in the group of 25', 'gender is always M']]],
    );
  });

  it('leaves out columns with too many values to group by', async () => {
    const names = Array.from({ length: 60 }, (_, number) => `${number}.jpg`);
    const lines = names.map((name, number) => `${name},${number},note ${number},${number % 2}\n`);
    const found = await index(`file,age,note,light\n${lines.join('')}`, someFiles(...names));
    assert.deepEqual(kinds(found), [['many-values', 1]]);
    assert.deepEqual(
      new Set(found.photos.map(({ groups }) => JSON.stringify(groups))),
      new Set(['{"light":"0"}', '{"light":"1"}']),
    );
  });

  it('is refused when none of it can be used, with the reasons', async () => {
    await assert.rejects(
      index('file,age\ngone.jpg,1\na.jpg,200\n'),
      (error) =>
        error instanceof DatasetError &&
        /none that can be used/.test(error.message) &&
        /labels of files that do not exist \(1\): gone\.jpg/.test(error.message) &&
        error.problems.length === 3,
    );
  });

  it('that is not there is refused', async () => {
    const folder = await makeFolder({});
    await rm(folder.path, { recursive: true });
    await assert.rejects(
      indexDataset(folder),
      /Expected a folder of labelled photos but .* cannot be opened/,
    );
  });

  it('has another content hash, and one other batch, when a photo or a label changes', async () => {
    const names = Array.from({ length: 600 }, (_, number) => `${number}.jpg`);
    const csv = (age: number) =>
      `file,age\n${names.map((name, number) => `${name},${number === 7 ? age : number % 90}\n`).join('')}`;
    const folder = await makeFolder({ 'labels.csv': csv(7), ...someFiles(...names) });
    const first = await indexDataset(folder);
    assert.ok(first.batches.length === 8, `${first.batches.length} batches`);
    assert.equal((await indexDataset(folder)).contentHash, first.contentHash);
    const changed = async () => {
      const next = await indexDataset(folder);
      assert.notEqual(next.contentHash, first.contentHash);
      const before = new Set(first.batches.map(({ hash }) => hash));
      return next.batches.filter(({ hash }) => !before.has(hash)).length;
    };
    await writeFile(join(folder.path, 'labels.csv'), csv(8));
    assert.equal(await changed(), 1);
    await writeFile(join(folder.path, 'labels.csv'), csv(7));
    await writeFile(join(folder.path, '9.jpg'), 'another photo');
    assert.equal(await changed(), 1);
  });
});

describe('splits', () => {
  const hash = (number: number) => number.toString(16).padStart(64, '0');

  it('are 80, 10 and 10 per cent, the same each time', () => {
    const counts = { train: 0, validation: 0, test: 0 };
    for (let number = 0; number < 10_000; number += 1) counts[splitOf({ hash: hash(number) })] += 1;
    assert.ok(
      Math.abs(counts.train - 8000) < 150 && Math.abs(counts.test - 1000) < 120,
      JSON.stringify(counts),
    );
    // Should these ever change, results before and after can't be compared.
    assert.deepEqual(
      [0, 1, 10, 17, 18, 23].map((number) => splitOf({ hash: hash(number) })),
      ['validation', 'train', 'test', 'validation', 'train', 'test'],
    );
  });

  it("keep a person's photos together", () => {
    for (let person = 0; person < 50; person += 1) {
      const subject = `person ${person}`;
      const splits = [1, 2, 3, 4].map((number) => splitOf({ hash: hash(number), subject }));
      const folds = [1, 2, 3, 4].map((number) => foldOf({ hash: hash(number), subject }, 5));
      assert.equal(new Set(splits).size, 1);
      assert.equal(new Set(folds).size, 1);
    }
  });

  it('follow the labels where these say so', async () => {
    assert.equal(splitOf({ hash: hash(1), split: 'test' }), 'test');
    const { photos } = await index(
      'file,age,subject,split\na.jpg,1,anna,test\nb.jpg,30,anna,\nc.jpg,3,ben,train\n',
    );
    const splits = Object.fromEntries(photos.map(({ file, split }) => [file, split]));
    assert.equal(splits['a.jpg'], 'test');
    assert.equal(splits['b.jpg'], 'test');
  });

  it('take a tenth of what is there to learn from where labels divide a set in two only', async () => {
    const names = Array.from({ length: 1000 }, (_, number) => `${number}.jpg`);
    const lines = names.map((name, number) => `${name},${number % 90},${number < 800 ? 'train' : 'test'}\n`);
    const { photos } = await index(`file,age,split\n${lines.join('')}`, someFiles(...names));
    const counts = Map.groupBy(photos, ({ split }) => split);
    assert.equal(counts.get('test')?.length, 200);
    const validation = counts.get('validation')?.length ?? 0;
    assert.ok(validation > 50 && validation < 110, `${validation} to validate`);
    assert.equal((counts.get('train')?.length ?? 0) + validation, 800);
  });

  it('for cross validation are equally large', () => {
    const counts = [0, 0, 0, 0, 0];
    for (let number = 0; number < 10_000; number += 1) {
      const fold = foldOf({ hash: hash(number) }, 5);
      counts[fold] = (counts[fold] ?? 0) + 1;
    }
    for (const count of counts) assert.ok(Math.abs(count - 2000) < 150, counts.join());
    assert.equal(foldOf({ hash: hash(1), fold: 3 }, 5), 3);
  });
});
