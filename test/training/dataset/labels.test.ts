import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { formatLabels } from '../../../training/dataset/canonical.ts';
import { type LabelledPhoto, labelledPhotoSchema } from '../../../training/dataset/label.ts';
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

  it('takes no word for a split, or for yes, that is not one', async () => {
    for (const word of ['constructor', '__proto__', 'toString']) {
      const { photos, problems } = await readCsv(
        `file,age,split,x,y,width,height,checked\na.jpg,1,${word},,,,,\nb.jpg,2,,1,1,40,40,${word}\n`,
      );
      assert.deepEqual(photos, [], word);
      assert.deepEqual(
        problems.map(({ kind, count }) => [kind, count]),
        [['invalid-value', 2]],
      );
    }
  });

  it('says how many people chose which expression, and what most of them did', async () => {
    const names = ['neutral', 'happiness', 'surprise', 'sadness', 'anger', 'disgust', 'fear', 'contempt'];
    const columns = names.map((name) => `votes_${name}`).join(',');
    const csv =
      `file,expression,${columns}\n` +
      'a.jpg,,6,0,1,1,0,0,0,0\n' +
      'b.jpg,surprise,,,,,,,,\n' +
      'c.jpg,,3,3,2,2,0,0,0,0\n' +
      'd.jpg,,many,0,0,0,0,0,0,0\n' +
      'e.jpg,joy,,,,,,,,\n';
    const { photos, problems } = await readCsv(csv);
    const first = {
      file: 'a.jpg',
      expression: 'neutral',
      expressionVotes: [6, 0, 1, 1, 0, 0, 0, 0],
      groups: {},
    };
    assert.deepEqual(photos.slice(0, 2), [first, { file: 'b.jpg', expression: 'surprise', groups: {} }]);
    assert.deepEqual([photos[2]?.expression, photos.length], [undefined, 3], 'Fewer than half agree');
    const [problem] = problems;
    assert.match(
      problem?.examples[0] ?? '',
      /line 5: expected numbers of votes from 0 but received "many, 0,/,
    );
    assert.match(problem?.examples[1] ?? '', /line 6: expected neutral, .* but received "joy"/);
    assert.deepEqual((await readCsv(formatLabels([first as LabelledPhoto]))).photos, [first]);
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
    'with mixed ends of lines': 'file,age,gender\r\na b.jpg,3,F\nü.jpg,40.5,M\r',
    "with Excel's line that names the separator":
      'sep=;\r\nfile;age;gender\r\na b.jpg;3;F\r\nü.jpg;40,5;M\r\n',
    'with a separator that only that line declares': '"sep=|"\nfile|age|gender\na b.jpg|3|F\nü.jpg|40.5|M\n',
    'with words for what is not known':
      'file,age,gender,x,y,width,height,subject,split,fold,hair\n' +
      'a b.jpg,3,F,NA,N/A,nan,None,NaN,null,none,NA\nü.jpg,40.5,M,,,,,None,,,\n',
    'with nothing at the ends of lines': 'file,age,gender,subject,,\na b.jpg,3,F\nü.jpg,40.5,M,,,\n',
  };
  for (const [how, csv] of Object.entries(written)) {
    it(`is read ${how}`, async () => {
      const { photos, problems } = await readCsv(csv);
      assert.deepEqual(brief(photos), expected);
      assert.deepEqual(problems, []);
    });
  }

  it('has decimal commas in every number, or in none', async () => {
    const box = { x: 181.9, y: 59.1, width: 87.8, height: 117.8 };
    const semicolons = await readCsv(
      'file;age;gender;x;y;width;height\r\na.jpg;30,5;F;181,9;59,1;87,8;117,8\r\nb.jpg;25,5-32,5;M;177;133;175;197\r\n',
    );
    assert.deepEqual(semicolons.problems, []);
    assert.deepEqual(brief(semicolons.photos), [
      { file: 'a.jpg', age: 30.5, gender: 'F', box },
      {
        file: 'b.jpg',
        age: 29,
        ageRange: { low: 25.5, high: 32.5 },
        gender: 'M',
        box: { x: 177, y: 133, width: 175, height: 197 },
      },
    ]);
    const quoted = await readCsv('file,age,x,y,width,height\na.jpg,30,"181,9","59,1","87,8","117,8"\n');
    assert.deepEqual(brief(quoted.photos), [{ file: 'a.jpg', age: 30, box }]);
    // Beside decimal points a comma is one between thousands, or a slip.
    const both = await readCsv('file;age;x;y;width;height\na.jpg;30.5;1,024;59;87;117\n');
    assert.deepEqual(both.photos, []);
    assert.deepEqual(both.problems[0]?.examples, [
      'line 2: expected a box in pixels but received "1,024, 59, 87, 117"',
    ]);
  });

  it('distinguishes separators from what is in quotes', async () => {
    const csv = 'file;"";"age";gender\n"a, b; c,,,.jpg";"";"3";F\n';
    assert.deepEqual(brief((await readCsv(csv)).photos), [{ file: 'a, b; c,,,.jpg', age: 3, gender: 'F' }]);
    // A header whose quotes hold more commas than there are semicolons.
    await assert.rejects(
      readCsv('file;age;"a,b,c,d"\na.jpg;3;x\n'),
      /"a,b,c,d" cannot be the name of a column; received: file, age, a,b,c,d/,
    );
  });

  it('counts lines as the file has them', async () => {
    const { problems } = await readCsv('sep=;\r\nfile;age\r\na.jpg;old\n');
    assert.deepEqual(problems[0]?.examples, ['line 3: expected an age in years but received "old"']);
  });

  it('may have persons and groups that look as if they were not known', async () => {
    const { photos } = await readCsv('file,age,subject,beard\na.jpg,3,Na,none\nb.jpg,4,NA,None\n');
    assert.deepEqual(photos, [
      { file: 'a.jpg', age: 3, subject: 'Na', groups: { beard: 'none' } },
      { file: 'b.jpg', age: 4, groups: {} },
    ]);
  });

  it('has no number that could not be kept', async () => {
    const votes = ['neutral', 'happiness', 'surprise', 'sadness', 'anger', 'disgust', 'fear', 'contempt'];
    const { photos, problems } = await readCsv(
      `file,age,fold,${votes.map((each) => `votes_${each}`).join(',')}\n` +
        'a.jpg,3,1e300,,,,,,,,\n' +
        'b.jpg,3,,Infinity,0,0,0,0,0,0,0\n' +
        // Each is a number, and their sum is none.
        'c.jpg,3,,1e308,1e308,0,0,0,0,0,0\n' +
        'd.jpg,3,4,5,0,0,0,0,0,0,0\n',
    );
    assert.deepEqual(
      photos.map(({ file }) => file),
      ['d.jpg'],
    );
    assert.equal(problems[0]?.count, 3);
    for (const photo of photos) {
      assert.deepEqual(labelledPhotoSchema.parse(JSON.parse(JSON.stringify(photo))), photo);
    }
  });

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

  it('reports each line that it does not understand, and continues', async () => {
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
    [
      'nothing to learn',
      'file,subject\na.jpg,3\n',
      /neither age nor gender nor expression nor eyes nor mouth nor looks nor any other to learn; received: file, subject/,
    ],
    ['a column twice', 'file,age,Age\na.jpg,3,4\n', /"age" occurs twice/],
    ['half a box', 'file,age,x,y\na.jpg,3,1,1\n', /the box has only x, y/],
    ['no header', '', /no column file; received: none/],
    ['a name that is none', 'file,age,__proto__\na.jpg,3,4\n', /"__proto__" cannot be the name of a column/],
    [
      'a name that every object has',
      'file,age,Constructor\na.jpg,3,\n',
      /"constructor" cannot be the name of a column/,
    ],
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
