import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parse } from 'csv-parse/sync';
import { drawn } from '../../../attributes/drawing.ts';
import { faceSchema } from '../../../attributes/face.ts';
import { USUAL_FACTS, wordsOf } from '../../../attributes/facts.ts';
import { ownWords } from '../../../attributes/own/words.ts';
import { formatCsv, formatCsvHeader } from '../../../cli/csv.ts';
import { formatTable } from '../../../cli/table.ts';
import { faceCard } from '../../../functions/api/page/face-card.ts';
import { overlay } from '../../../functions/api/page/overlay.ts';
import { correctionSchema, faceAnswerSchema } from '../../../functions/api/schemas.ts';
import { corrections } from '../../../training/dataset/layouts/corrections.ts';
import { Problems } from '../../../training/dataset/problem.ts';
import { analysed, face } from '../../cli/photos.ts';

const model = { name: 'transfer', version: '1' };
const attributes = {
  glasses: { value: 'yes', probabilities: { yes: 0.91, no: 0.09 }, model },
  beauty: { value: 3.2, low: 2.8, high: 3.6, range: [1, 5] as [number, number], model },
};
const rated = faceAnswerSchema.parse({ ...face(), attributes });
const item = { ...face(), attributes };
const facts = [
  ...USUAL_FACTS,
  ...ownWords('beauty', 'number').facts,
  ...ownWords('glasses', 'classes').facts,
];

describe('own attributes', () => {
  it('are kept in items and answered by the API', () => {
    assert.deepEqual(faceSchema.parse(item).attributes, attributes);
    assert.deepEqual(faceAnswerSchema.parse(rated).attributes, attributes);
    assert.equal(faceSchema.parse(face()).attributes, undefined);
  });

  it('have columns in CSV files, also where a face does not tell them', () => {
    const photos = [analysed('a.jpg', [item]), analysed('b.jpg', [face()])];
    const rows: Record<string, string>[] = parse(
      formatCsvHeader(facts) + photos.map((photo) => formatCsv(photo, facts)).join(''),
      { columns: true },
    );
    const told = rows.map((row) =>
      ['glasses', 'glasses_confidence', 'beauty', 'beauty_low'].map((name) => row[name]),
    );
    assert.deepEqual(told, [
      ['yes', '0.91', '3.2', '2.8'],
      ['', '', '', ''],
    ]);
  });

  it('have columns in the terminal where any face tells them', () => {
    const options = { width: 140, color: false };
    const table = formatTable([analysed('a.jpg', [face()]), analysed('b.jpg', [item])], options);
    assert.match(table, /Score .*Beauty +Glasses .*\n.*\n.* 83 .*3\.2 \(2\.8–3\.6\) +yes 91 % /);
    assert.doesNotMatch(formatTable([analysed('a.jpg', [face()])], options), /Beauty/);
  });

  it('are drawn, and stand on the page', () => {
    assert.deepEqual(drawn(item).words.slice(2), ['beauty 3.2 (2.8–3.6)', 'glasses yes 91 %']);
    const options = { photo: 'photo-1', language: 'en', correctable: true, pictured: false } as const;
    const card = faceCard(rated, 0, { ...options, correction: { glasses: 'no', beauty: 4 } }).toString();
    assert.match(card, /<dt>Glasses<\/dt><dd><strong>yes<\/strong> 91%<\/dd>/);
    assert.match(card, /<dt>Beauty<\/dt><dd><strong>3.2<\/strong> 2.8–3.6<\/dd>/);
    assert.match(card, /Your correction: beauty 4, glasses no/);
    const boxes = overlay([rated], { language: 'en', width: 640, height: 480, correctable: true });
    assert.match(boxes.toString(), /Face 1: glasses yes, beauty 3\.2, female/);
    const fields = wordsOf(rated).map((words) => words.correction.fields(rated, 'no', 'en').toString());
    assert.match(fields.join(''), /<input type="radio" name="glasses" value="no" checked>/);
    assert.match(fields.join(''), /name="beauty" type="number" inputmode="decimal" min="1" max="5"/);
    const [, , beauty] = wordsOf(rated);
    assert.equal(beauty?.correction.read('4.5'), 4.5);
  });
});

describe('a correction of an own attribute', () => {
  it('is a correction by itself', () => {
    const parse = (attributes: object) => correctionSchema.safeParse({ attributes, consent: true }).success;
    assert.ok(parse({ glasses: 'no', beauty: 4 }));
    assert.ok(!parse({}), 'nothing is corrected');
    assert.ok(!parse({ glasses: '' }));
    assert.ok(!parse({ Glasses: 'no' }));
  });

  it('is a label to learn from, as a cell of a column', async () => {
    const label = {
      attributes: { glasses: 'no', beauty: 4 },
      consent: true,
      labelledAt: new Date(0).toISOString(),
    };
    const kept = { label, crop: { x: 0, y: 0, width: 100, height: 100 }, estimate: item };
    const folder = {
      description: 'folder',
      name: 'folder',
      list: async () => [],
      read: async () => new TextEncoder().encode(JSON.stringify(kept)),
    };
    const names = ['owner/photo/0.jpg', 'owner/photo/0.json'];
    const [photo] = await corrections.read(folder, names, new Problems());
    assert.deepEqual(photo?.groups, { glasses: 'no', beauty: '4' });
  });
});
