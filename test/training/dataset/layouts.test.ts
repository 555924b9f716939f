import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { readMatFile } from '../../../training/dataset/layouts/mat-file.ts';
import { DatasetError } from '../../../training/dataset/problem.ts';
import { brief, makeFolder, readFolder, someFiles } from './folders.ts';

describe('other layouts', () => {
  it('UTKFace: names say age, gender and race', async () => {
    const { layout, photos, problems } = await readFolder(
      await makeFolder(
        someFiles(
          '26_1_2_20170116174525125.jpg.chip.jpg',
          'part1/100_0_0_20170112213500903.jpg',
          '39_1_20170116174525125.jpg.chip.jpg',
        ),
      ),
    );
    assert.equal(layout, 'UTKFace');
    assert.deepEqual(photos, [
      { file: '26_1_2_20170116174525125.jpg.chip.jpg', age: 26, gender: 'F', groups: { race: 'Asian' } },
      { file: 'part1/100_0_0_20170112213500903.jpg', age: 100, gender: 'M', groups: { race: 'White' } },
    ]);
    assert.deepEqual(
      problems.map(({ kind, count }) => [kind, count]),
      [['invalid-value', 1]],
    );
  });

  it('All-Age-Faces: serial numbers say the gender, and the originals count', async () => {
    const { layout, photos } = await readFolder(
      await makeFolder(
        someFiles(
          'original images/07380A02.jpg',
          'original images/07381A80.jpg',
          'aglined faces/07380A02.jpg',
        ),
      ),
    );
    assert.equal(layout, 'All-Age-Faces');
    assert.deepEqual(brief(photos), [
      { file: 'original images/07380A02.jpg', age: 2, gender: 'F', subject: '07380' },
      { file: 'original images/07381A80.jpg', age: 80, gender: 'M', subject: '07381' },
    ]);
  });

  it('FER+: people voted on what is in a box, and agree or not', async () => {
    const { layout, photos, problems } = await readFolder(
      await makeFolder({
        'data/FER2013Train/label.csv':
          'fer1.png,"(0, 0, 48, 48)",8,0,0,1,0,0,0,0,1,0\nfer2.png,"(0, 0, 48, 48)",4,0,0,1,3,2,0,0,0,0\n',
        'data/FER2013Valid/label.csv': 'fer3.png,"(0, 0, 48, 48)",0,10,0,0,0,0,0,0,0,0\nfer4.png,,1\n',
        'data/FER2013Test/label.csv': 'fer5.png,"(0, 0, 48, 48)",0,4,0,0,0,0,0,0,0,6\n',
        ...someFiles('data/FER2013Train/fer1.png', 'data/FER2013Valid/fer3.png'),
      }),
    );
    assert.equal(layout, 'FER+');
    const box = { x: 0, y: 0, width: 48, height: 48 };
    assert.deepEqual(brief(photos), [
      {
        file: 'data/FER2013Train/fer1.png',
        ...{ expression: 'neutral', expressionVotes: [8, 0, 0, 1, 0, 0, 0, 0] },
        ...{ split: 'train', box, checked: true },
      },
      {
        file: 'data/FER2013Valid/fer3.png',
        ...{ expression: 'happiness', expressionVotes: [0, 10, 0, 0, 0, 0, 0, 0] },
        ...{ split: 'validation', box, checked: true },
      },
    ]);
    assert.deepEqual(problems.map(({ kind, count }) => [kind, count]).sort(), [
      ['invalid-value', 1],
      ['undecided', 2],
    ]);
  });

  it('Adience: tab-separated files say ranges, persons and folds', async () => {
    const header =
      'user_id\toriginal_image\tface_id\tage\tgender\tx\ty\tdx\tdy\ttilt_ang\tfiducial_yaw_angle\tfiducial_score\n';
    const rest = '0\t0\t9\t9\t0\t0\t1\n';
    const { layout, photos, problems } = await readFolder(
      await makeFolder({
        'fold_0_data.txt': `${header}30601258@N03\ta.jpg\t1\t(25, 32)\tf\t${rest}30601258@N03\tb.jpg\t2\tNone\tu\t${rest}`,
        'fold_1_data.txt': `${header}9@N00\tc.jpg\t7\t35\tm\t${rest}9@N00\td.jpg\t7\tadult\tm\t${rest}`,
        'fold_frontal_0_data.txt': header,
        ...someFiles(
          'aligned/30601258@N03/landmark_aligned_face.1.a.jpg',
          'faces/9@N00/coarse_tilt_aligned_face.7.c.jpg',
        ),
      }),
    );
    assert.equal(layout, 'Adience');
    assert.deepEqual(brief(photos), [
      {
        file: 'aligned/30601258@N03/landmark_aligned_face.1.a.jpg',
        age: 28.5,
        ageRange: { low: 25, high: 32 },
        gender: 'F',
        subject: '30601258@N03',
        fold: 0,
      },
      { file: 'aligned/30601258@N03/landmark_aligned_face.2.b.jpg', subject: '30601258@N03', fold: 0 },
      {
        file: 'faces/9@N00/coarse_tilt_aligned_face.7.c.jpg',
        age: 35,
        gender: 'M',
        subject: '9@N00',
        fold: 1,
      },
    ]);
    assert.deepEqual(problems[0]?.examples, [
      'fold_1_data.txt, line 3: expected an age but received "adult"',
    ]);
  });

  it('Adience: other columns are refused', async () => {
    const folder = await makeFolder({ 'fold_0_data.txt': 'user\tage\n1\t2\n' });
    await assert.rejects(
      readFolder(folder),
      /columns user_id, .* in fold_0_data.txt of .*, line 2, but received user, age/,
    );
  });

  const mat = (name: string) => readFile(join(import.meta.dirname, 'layouts', 'mat', name));

  it('IMDB-WIKI: a struct says birth, year, gender, person and box', async () => {
    const { layout, photos, problems } = await readFolder(
      await makeFolder({ 'wiki.mat': await mat('wiki.mat') }),
    );
    assert.equal(layout, 'IMDB-WIKI');
    const box = { x: 100, y: 50, width: 100, height: 120 };
    assert.deepEqual(brief(photos), [
      { file: '00/anna.jpg', age: 40, gender: 'F', box, subject: 'wiki:Änna Ödegård' },
      { file: '00/ben.jpg', age: 39, gender: 'M', box, subject: 'wiki:Ben' },
      { file: '01/old.jpg', age: 200, box, subject: 'wiki:Ed' },
    ]);
    assert.deepEqual(
      problems.map(({ kind, examples }) => [kind, examples[0]]),
      [
        ['no-face', '01/nobody.jpg'],
        ['several-faces', '01/two.jpg (left out: it is not known who is meant)'],
      ],
    );
  });

  it('IMDB-WIKI: boxes are not those of the photos that were cropped', async () => {
    const { photos } = await readFolder(await makeFolder({ 'imdb_crop/imdb.mat': await mat('imdb.mat') }));
    assert.deepEqual(brief(photos), [
      { file: 'imdb_crop/01/nm1.jpg', age: 30, gender: 'M', subject: 'imdb:7' },
      { file: 'imdb_crop/01/nm2.jpg', age: 29, gender: 'M', subject: 'imdb:7' },
    ]);
  });

  it('MATLAB files: numbers of every type, text, cells', async () => {
    const values = readMatFile(await mat('values.mat'), 'values.mat');
    const numbers = values.get('numbers');
    assert.ok(numbers?.kind === 'struct');
    assert.deepEqual(
      [...numbers.fields].map(([name, value]) => [name, value.kind === 'numbers' && value.numbers]),
      [
        ['int8', [-1, 2]],
        ['int64', [-(2 ** 40)]],
        ['uint64', [2 ** 40]],
        ['single', [0.5]],
        ['matrix', [1, 3, 2, 4]],
        ['none', []],
      ],
    );
    assert.deepEqual(values.get('text'), { kind: 'text', text: 'straße 日本' });
    assert.deepEqual(values.get('nothing'), { kind: 'text', text: '' });
    const empty = { kind: 'numbers', numbers: [] };
    const one = { kind: 'cells', cells: [{ kind: 'numbers', numbers: [1] }] };
    assert.deepEqual(values.get('nested'), {
      kind: 'cells',
      cells: [{ kind: 'text', text: 'a' }, one, empty],
    });
  });

  it('MATLAB files: text as MATLAB itself writes it, in either order of bytes', () => {
    for (const little of [true, false]) {
      const word = (value: number) => {
        const bytes = Buffer.alloc(4);
        if (little) bytes.writeUInt32LE(value);
        else bytes.writeUInt32BE(value);
        return bytes;
      };
      const element = (type: number, data: Uint8Array) =>
        Buffer.concat([word(type), word(data.length), data, Buffer.alloc(-data.length & 7)]);
      const codes = Buffer.from('Zoë', 'utf16le');
      const matrix = Buffer.concat([
        element(6, Buffer.concat([word(4), word(0)])),
        element(5, Buffer.concat([word(1), word(3)])),
        element(1, Buffer.from('name')),
        element(4, little ? codes : codes.swap16()),
      ]);
      const header = Buffer.alloc(128, ' ');
      header.write('MATLAB 5.0 MAT-file');
      header.write(little ? 'IM' : 'MI', 126);
      const values = readMatFile(Buffer.concat([header, element(14, matrix)]), 'name.mat');
      assert.deepEqual(values, new Map([['name', { kind: 'text', text: 'Zoë' }]]));
    }
  });

  it('MATLAB files that are none, new or damaged are refused', async () => {
    const bytes = await mat('wiki.mat');
    const version73 = Buffer.from(bytes);
    version73.write('MATLAB 7.3 MAT-file');
    for (const [content, message] of [
      [Buffer.from('hello'), /but it is another file/],
      [version73, /version 7\.3\. Save it in MATLAB with the option -v7/],
      [bytes.subarray(0, 1000), /but it is damaged/],
    ] as const) {
      const folder = await makeFolder({ 'wiki.mat': content });
      await assert.rejects(
        readFolder(folder),
        (error) => error instanceof DatasetError && message.test(error.message),
      );
    }
    // Whatever is wrong in it, it is told as an error of the data set.
    for (let at = 128; at < bytes.length; at += 7) {
      const broken = Buffer.from(bytes);
      broken[at] = 255 - (broken[at] ?? 0);
      try {
        readMatFile(broken, 'wiki.mat');
      } catch (error) {
        assert.ok(error instanceof DatasetError, String(error));
      }
    }
  });

  it('a folder in no layout is refused, naming those that there are', async () => {
    await assert.rejects(readFolder(await makeFolder({})), /Expected photos in .* but it is empty/);
    await assert.rejects(
      readFolder(await makeFolder(someFiles('a.jpg'))),
      /labels\.csv.*UTKFace.*received 1 files such as a\.jpg/,
    );
    const deeper = await makeFolder({ 'set/labels.csv': 'file,age\n' });
    await assert.rejects(readFolder(deeper), /at the top of .* found set\/labels\.csv/);
  });
});
