import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parse } from 'csv-parse/sync';
import { z } from 'zod';
import { factsOf } from '../../attributes/facts.ts';
import { formatCsv, formatCsvHeader } from '../../cli/csv.ts';
import type { Photo } from '../../functions/shared/item.ts';
import { analysed, face, refused } from './photos.ts';

const rowsOf = (...photos: Photo[]) =>
  z
    .array(z.record(z.string(), z.string()))
    .parse(parse(formatCsvHeader() + photos.map((photo) => formatCsv(photo)).join(''), { columns: true }));

test('has one row per face', () => {
  const rows = rowsOf(analysed('照片, "one".jpg', [face(), face({ score: 20 })]));
  assert.equal(rows.length, 2);
  assert.deepEqual(
    rows.map(({ photo, face, score }) => [photo, face, score]),
    [
      ['照片, "one".jpg', '1', '83.4'],
      ['照片, "one".jpg', '2', '20'],
    ],
  );
  assert.deepEqual(rows[0], {
    photo: '照片, "one".jpg',
    status: 'done',
    face: '1',
    x: '120.4',
    y: '88.6',
    width: '96',
    height: '120',
    confidence: '0.987',
    age: '33.7',
    age_low: '28.2',
    age_high: '40.9',
    age_group: '(25, 32)',
    gender: 'F',
    gender_confidence: '0.968',
    score: '83.4',
    quality: '70.6',
    sharpness: '81.2',
    brightness: '45.1',
    contrast: '33.8',
    yaw: '-12.3',
    pitch: '4.5',
    roll: '0.8',
    face_size: '88.2',
    faces_found: '2',
    photo_width: '640',
    photo_height: '480',
    uploaded_at: '2026-01-02T03:04:05.000Z',
    completed_at: '2026-01-02T03:04:05.420Z',
    seconds: '0.42',
    failure: '',
  });
});

test('has one row for a photo without faces', () => {
  const [none, failed] = rowsOf(analysed('cup.jpg', []), refused('a.txt'));
  assert.deepEqual([none?.status, none?.face, none?.faces_found], ['done', '', '0']);
  assert.deepEqual([failed?.status, failed?.face], ['failed', '']);
  assert.match(failed?.failure ?? '', /^Expected an image/);
});

test('lets no name become a formula in a spreadsheet', () => {
  const [row] = rowsOf(analysed('=HYPERLINK("http://example.org").jpg', [face()]));
  assert.ok(row?.photo?.startsWith("'="), row?.photo);
});

test('has columns of own attributes beside the others, and for each of them', () => {
  const MODEL = { name: 'transfer', version: '1' };
  const classes = { value: 'yes', probabilities: { yes: 0.9, no: 0.1 }, model: MODEL };
  const number = { value: 3, low: 2, high: 4, range: [1, 5] as [number, number], model: MODEL };
  // Two that come to the same column, and one of a name that means something else, as earlier versions let it have.
  const told = face({ attributes: { mood: classes, mood_confidence: number, photo: classes } });
  const facts = factsOf(told);
  const [header = [], row = []] = parse(formatCsvHeader(facts) + formatCsv(analysed('a.jpg', [told]), facts));
  const values = (name: string) => row.filter((_: string, index: number) => header[index] === name);
  assert.deepEqual(values('mood_confidence'), ['0.9', '3']);
  assert.deepEqual(values('photo'), ['a.jpg', 'yes']);
  assert.equal(header.length, row.length);
});
