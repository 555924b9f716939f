import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { formatLabels } from '../../../training/dataset/canonical.ts';
import { DatasetError } from '../../../training/dataset/problem.ts';
import { brief, makeFolder, readFolder } from './folders.ts';

const readCsv = async (csv: string | Uint8Array) => readFolder(await makeFolder({ 'labels.csv': csv }));

describe('labels.csv', () => {
  it('says age, gender, box, person, split, fold, and what to group by', async () => {
    const { layout, photos, problems } = await readCsv(
      'file,age,gender,x,y,width,height,subject,split,fold,Skin tone\n' +
        'a.jpg,34.5,F,10,20,30,40,anna,val,3,dark\n' +
        'sub/b.jpg,"(25, 32)",male,,,,,,,,\n' +
        'c.jpg,,M,-5,0,30,40,,TEST,,light\n',
    );
    assert.equal(layout, 'labels.csv');
    assert.deepEqual(problems, []);
    assert.deepEqual(photos, [
      {
        file: 'a.jpg',
        age: 34.5,
        gender: 'F',
        box: { x: 10, y: 20, width: 30, height: 40 },
        subject: 'anna',
        split: 'validation',
        fold: 3,
        groups: { 'skin tone': 'dark' },
      },
      { file: 'sub/b.jpg', age: 28.5, ageRange: { low: 25, high: 32 }, gender: 'M', groups: {} },
      {
        file: 'c.jpg',
        gender: 'M',
        box: { x: 0, y: 0, width: 25, height: 40 },
        split: 'test',
        groups: { 'skin tone': 'light' },
      },
    ]);
  });

  const expected = [
    { file: 'a b.jpg', age: 3, gender: 'F' },
    { file: 'ü.jpg', age: 40.5, gender: 'M' },
  ];
  const written: Readonly<Record<string, string | Uint8Array>> = {
    'with a byte order mark, CRLF, quotes and upper case':
      '\ufeffFILE,Age,GENDER\r\n"a b.jpg","3","Female"\r\n"ü.jpg",40.5,M\r\n\r\n',
    'with semicolons and decimal commas': 'file;age;gender\n./a b.jpg;3;f\nü.jpg;40,5;m\n;;\n',
    'with tabs': 'gender\tfile\tage\nF\ta b.jpg\t3\nM\tü.jpg\t40.5\n',
    'in UTF-16, as spreadsheets save text': Buffer.from(
      '\ufefffile\tage\tgender\na b.jpg\t3\tF\nü.jpg\t40.5\tM\n',
      'utf16le',
    ),
    'with letters and accents apart': 'file,age,gender\na b.jpg,3,F\nu\u0308.jpg,40.5,M\n',
    'with nothing at the ends of lines': 'file,age,gender,subject,,\na b.jpg,3,F\nü.jpg,40.5,M,,,\n',
  };
  for (const [how, csv] of Object.entries(written)) {
    it(`is read ${how}`, async () => {
      const { photos, problems } = await readCsv(csv);
      assert.deepEqual(brief(photos), expected);
      assert.deepEqual(problems, []);
    });
  }

  it('never leads out of its folder', async () => {
    const outside = [
      '../a.jpg',
      '/etc/passwd',
      'a/../../b.jpg',
      'C:\\a.jpg',
      '..\\a.jpg',
      'file:///a.jpg',
      '\\\\host\\a.jpg',
    ];
    const { photos, problems } = await readCsv(
      `file,age\nin\\side.jpg,3\n${outside.map((path) => `${path},3\n`).join('')}`,
    );
    assert.deepEqual(brief(photos), [{ file: 'in/side.jpg', age: 3 }]);
    assert.deepEqual(
      problems.map(({ kind, count }) => [kind, count]),
      [['outside-path', outside.length]],
    );
  });

  it('tells of each line that it does not understand, and goes on', async () => {
    const { photos, problems } = await readCsv(
      'file,age,gender,x,y,width,height,split,fold\n' +
        'a.jpg,old,M,,,,,,\n' +
        'b.jpg,3,1,,,,,,\n' +
        'c.jpg,3,M,1,2,3,,,\n' +
        'd.jpg,3,M,1,2,0,4,,\n' +
        'e.jpg,3,M,,,,,half,\n' +
        'f.jpg,3,M,,,,,,x\n' +
        'h, i.jpg,3,M,,,,,,\n' +
        ',3,M,,,,,,\n' +
        'g.jpg,3,M,,,,,,\n',
    );
    assert.deepEqual(brief(photos), [{ file: 'g.jpg', age: 3, gender: 'M' }]);
    const [problem] = problems;
    assert.equal(problem?.count, 8);
    assert.deepEqual(problem?.examples.slice(0, 2), [
      'line 2: expected an age in years but received "old"',
      'line 3: expected M or F but received "1"',
    ]);
  });

  const refused: readonly (readonly [string, string | Uint8Array, RegExp])[] = [
    ['no file', 'photo,age\na.jpg,3\n', /Expected columns file, .* no column file; received: photo, age\./],
    ['neither age nor gender', 'file,years\na.jpg,3\n', /neither age nor gender; received: file, years/],
    ['a column twice', 'file,age,Age\na.jpg,3,4\n', /"age" is there twice/],
    ['half a box', 'file,age,x,y\na.jpg,3,1,1\n', /of the box there is only x, y/],
    ['no header', '', /no column file; received: none/],
    ['a name that is none', 'file,age,__proto__\na.jpg,3,4\n', /"__proto__" is no name for a column/],
    ['an open quote', 'file,age\n"a.jpg,3\n', /Expected comma-separated values .* but: Quote Not Closed/],
    ['bytes that are no text', Uint8Array.of(0x66, 0xff, 0xfe, 0x80), /to be UTF-8 text but it is not/],
  ];
  for (const [what, csv, message] of refused) {
    it(`is refused with ${what}`, async () => {
      await assert.rejects(
        readCsv(csv),
        (error) => error instanceof DatasetError && message.test(error.message),
      );
    });
  }

  it('keeps all that any layout says', async () => {
    const { photos } = await readCsv(
      'file,age,gender,x,y,width,height,subject,split,fold,race\n' +
        '"a, ""b"".jpg",34.5,F,10,20.5,30,40,anna,train,0,"x,y"\n' +
        '"  c.jpg","(0, 2)",M,,,,,,,,\n',
    );
    const again = await readCsv(formatLabels(photos));
    assert.deepEqual(again.photos, photos);
  });
});
