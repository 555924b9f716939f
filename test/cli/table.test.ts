import assert from 'node:assert/strict';
import { test } from 'node:test';
import stringWidth from 'string-width';
import { formatTable } from '../../cli/table.ts';
import { analysed, face, refused } from './photos.ts';

const ESCAPE = '\u001b';

test('shows a photo and its faces', () => {
  const man = face({
    box: { x: 3, y: 4, width: 5, height: 6 },
    // As of an item that was made before it was measured.
    quality: undefined,
    gender: { gender: 'M', confidence: 0.9996, model: { name: 'test', version: '1' } },
  });
  const table = formatTable([analysed('a.jpg', [face(), man])], { width: 80, color: false });
  assert.equal(
    table,
    [
      'Photo         Face     Box              Age          Gender  Score  Qual    Time',
      'a.jpg         1  99 %  120,89 96×120    34 (28–41)   F 97 %     83    71  0.42 s',
      '              2  99 %  3,4 5×6          34 (28–41)   M 99 %     83',
    ].join('\n'),
  );
});

test('sets the numbers of faces under each other', () => {
  const photos = [
    analysed(
      'a.jpg',
      Array.from({ length: 10 }, () => face()),
    ),
    analysed('b.jpg', [face()]),
  ];
  const lines = formatTable(photos, { width: 80, color: false }).split('\n').slice(1);
  assert.deepEqual(
    lines.map((line) => line.slice(14, 24)),
    [...Array.from({ length: 9 }, (_, index) => ` ${index + 1}  99 %  `), '10  99 %  ', ' 1  99 %  '],
  );
});

test('says why a photo has no faces to show', () => {
  const crowd = analysed('crowd.jpg', [face()], { facesFound: 132 });
  const table = formatTable([analysed('cup.jpg', []), refused('a.txt'), crowd], { width: 120, color: false });
  assert.match(table, /^cup\.jpg +no face +0\.42 s$/m);
  assert.match(table, /^a\.txt +✗ Expected an image \(JPEG, PNG, WebP, AVIF, GIF or TIFF\) +0\.42 s\n +but/m);
  assert.match(table, /^ +the 1 largest of 132 faces$/m);
});

for (const width of [80, 120]) {
  test(`fits ${width} columns, whatever the names`, () => {
    const names = [
      'a/very/long/path/through/many/folders/which-goes/on-and-on/until it does not/fit.jpg',
      'x'.repeat(300),
      '照片'.repeat(40),
      'family 👩‍👩‍👧 and friends 👨‍👨‍👦 at the sea, summer of 2024, second week, evening.jpg',
    ];
    const photos = names.map((name) => analysed(name, [face(), face()]));
    const table = formatTable([...photos, refused('b.txt')], { width, color: true });
    for (const line of table.split('\n'))
      assert.ok(stringWidth(line) <= width, `${stringWidth(line)} columns: ${line}`);
  });
}

test('keeps long names whole', () => {
  const name = 'x'.repeat(95);
  const table = formatTable([analysed(name, [face()])], { width: 80, color: false });
  // There is another x in the header.
  assert.equal(table.replaceAll(/[^x]/g, '').length, 96);
});

test('is plain text where no colours are wanted', () => {
  const photos = [analysed('a.jpg', [face()]), refused('a.txt')];
  assert.ok(!formatTable(photos, { color: false }).includes(ESCAPE));
  assert.ok(formatTable(photos, { color: true }).includes(ESCAPE));
});

test('lets no name send commands to the terminal', () => {
  const table = formatTable([analysed(`a${ESCAPE}[2Jb\n.jpg`, [face()])], { color: false });
  assert.ok(!table.includes(ESCAPE));
  assert.equal(table.split('\n').length, 2);
});
