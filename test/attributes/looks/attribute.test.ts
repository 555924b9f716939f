import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parse } from 'csv-parse/sync';
import { drawn } from '../../../attributes/drawing.ts';
import { faceSchema } from '../../../attributes/face.ts';
import { factsOfNames, wordsOf } from '../../../attributes/facts.ts';
import { USUAL_NAMES } from '../../../attributes/list.ts';
import { looks } from '../../../attributes/looks/attribute.ts';
import { looksSchema, PARTS } from '../../../attributes/looks/result.ts';
import { fitWeights, scoreOf } from '../../../attributes/looks/score.ts';
import { shapeOf } from '../../../attributes/looks/shape.ts';
import { formatCsv, formatCsvHeader } from '../../../cli/csv.ts';
import { formatTable } from '../../../cli/table.ts';
import { faceCard } from '../../../functions/api/page/face-card.ts';
import { overlay } from '../../../functions/api/page/overlay.ts';
import { correctionSchema, faceAnswerSchema } from '../../../functions/api/schemas.ts';
import { analysed, face } from '../../cli/photos.ts';

const model = { name: 'test', version: '1' };
const reading = { output: 'number', interval: { lower: 0.1, upper: 0.9, margin: 0, faces: 100 } } as const;
/** Certain of 4 of 5. */
const output = Array.from({ length: 41 }, (_, step) => Number(step === 30));
const learned = looks.read(output, reading, model);
const expression = { smile: 0.9 };
const likeness = { name: 'Ada', probability: 0.631 };
const { looks: told } = looks.blend.mix({ ...face(), ...learned, expression, likeness });
const rated = { ...face(), looks: told };
const answer = faceAnswerSchema.parse(rated);
const page = { photo: 'photo-1', correctable: true, pictured: false } as const;

/** Five landmarks of a face from the front. */
const FRONT = [
  { x: -86, y: -80 },
  { x: 86, y: -80 },
  { x: 0, y: 6 },
  { x: -71, y: 77 },
  { x: 71, y: 77 },
];

describe('the looks of a face', () => {
  it('are told by parts, with what was learned of ratings as the score', () => {
    assert.deepEqual(learned.looks, { score: 75, parts: { learned: 75 }, model });
    assert.deepEqual(looksSchema.parse(told), told);
    assert.deepEqual(Object.keys(told.parts), [...PARTS]);
    assert.equal(told.score, 75);
    assert.equal(told.parts.smile, 90);
    assert.equal(told.parts.quality, face().quality?.score);
    assert.equal(told.parts.likeness, 63.1);
    assert.equal(told.resembles, 'Ada');
    assert.deepEqual(told.model, model);
  });

  it('do without what is not known, and weigh what is', () => {
    const { looks: permissive } = looks.blend.mix({ ...face(), expression });
    assert.deepEqual(Object.keys(permissive.parts), ['smile', 'quality', 'shape']);
    assert.ok(!('model' in permissive) && !('resembles' in permissive));
    const { smile = 0, quality = 0, shape = 0 } = permissive.parts;
    assert.ok(Math.abs(permissive.score - (smile + quality + shape) / 3) < 0.051);
    assert.equal(scoreOf(told.parts, { learned: 1, smile: 2 }), (75 + 2 * 90) / 3);
    assert.equal(scoreOf({ smile: 90 }, { learned: 1 }), 0);
    const { looks: smiling } = looks.blend.mix({ ...rated, expression, looksWeights: { smile: 1 } });
    assert.equal(smiling.score, 90);
    const { looks: alike } = looks.blend.mix({
      ...rated,
      likeness,
      looksWeights: { likeness: 3, learned: 1 },
    });
    assert.equal(alike.score, 66.1);
    const { looks: unlike } = looks.blend.mix({ ...face(), expression, likeness });
    assert.equal(unlike.score, permissive.score, 'likeness counts only where a deployment says so');
  });

  it('have weights that least squares fit, none below 0', () => {
    const rows = Array.from({ length: 60 }, (_, index) => {
      const parts = { learned: (index * 37) % 100, smile: (index * 61) % 97, shape: (index * 13) % 89 };
      return { parts, rating: 0.6 * parts.learned + 0.2 * parts.smile - 0.1 * parts.shape };
    });
    const weights = fitWeights(['learned', 'smile', 'shape'], rows);
    assert.ok(Math.abs((weights.get('learned') ?? 0) - 0.78) < 0.05, `${weights.get('learned')}`);
    assert.equal(weights.get('shape'), 0);
    const total = [...weights.values()].reduce((sum, weight) => sum + weight, 0);
    assert.ok(Math.abs(total - 1) < 1e-9);
  });

  it('tell the shape of a face whatever its place, size and roll, and its symmetry apart', () => {
    const front = shapeOf(FRONT);
    assert.ok(front.shape > 99 && front.symmetry > 99.9, JSON.stringify(front));
    const turned = shapeOf(FRONT.map(({ x, y }) => ({ x: 300 + 0.3 * x - 0.4 * y, y: 0.4 * x + 0.3 * y })));
    assert.ok(Math.abs(turned.shape - front.shape) < 0.01);
    const long = shapeOf(FRONT.map(({ x, y }) => ({ x, y: 1.25 * y })));
    assert.ok(long.shape < 40 && long.symmetry > 99.9, JSON.stringify(long));
    const crooked = shapeOf(FRONT.map(({ x, y }, index) => ({ x: x + (index === 2 ? 20 : 0), y })));
    assert.ok(crooked.symmetry < 60 && crooked.shape > 95, JSON.stringify(crooked));
  });

  it('are off unless they are asked for', () => {
    assert.deepEqual(USUAL_NAMES, ['age', 'gender']);
    assert.ok(faceSchema.safeParse(face()).success);
    assert.doesNotMatch(formatTable([analysed('a.jpg', [face()])], { color: false }), /Looks/);
    assert.ok(!wordsOf(face()).some(({ name }) => name === 'looks'));
  });

  it('are in items and in the API, and may be rated by people', () => {
    assert.deepEqual(faceSchema.parse(rated).looks, told);
    assert.deepEqual(answer.looks, told);
    assert.ok(correctionSchema.safeParse({ looks: 3.5, consent: true }).success);
    assert.ok(!correctionSchema.safeParse({ looks: 6, consent: true }).success);
    assert.deepEqual(looks.label.parse('3,5'), { looks: 3.5 });
    assert.equal(looks.label.complain({ looks: 0.5 })?.reason, '0.5; expected 1 to 5');
  });

  it('are judged by how near they come to ratings, and by what each part tells of them', () => {
    const faces = [1.5, 2, 3.5, 4.5].map((rating, index) => ({
      looks: rating,
      said: { looks: { ...told, parts: { ...told.parts, learned: 20 + 20 * index, smile: 10 } } },
    }));
    const measures: Readonly<Record<string, number>> = looks.evaluation.measure(faces);
    assert.ok((measures.learnedRatings ?? 0) > 0.9);
    assert.equal(measures.smileRatings, undefined);
    assert.ok(Math.abs((measures.looksError ?? 0) - 0.325) < 1e-9, `${measures.looksError}`);
  });

  it('are in CSV files, in the terminal, on photos and on the page', () => {
    const facts = factsOfNames(['looks']);
    const [row] = parse<Record<string, string>>(
      formatCsvHeader(facts) + formatCsv(analysed('a.jpg', [rated]), facts),
      {
        columns: true,
      },
    );
    assert.equal(row?.looks, '75');
    assert.equal(row?.looks_smile, '90');
    assert.equal(row?.looks_likeness, '63.1');
    assert.equal(row?.looks_resembles, 'Ada');
    assert.match(formatTable([analysed('a.jpg', [rated])], { width: 140, color: false }), /Looks/);
    assert.ok(drawn(rated).words.includes('looks 75'));
    const card = faceCard(answer, 0, { ...page, language: 'en', correction: { looks: 3 } }).toString();
    assert.match(card, />Looks<\/button>.*rates Black faces lower.*<strong>75<\/strong> of 100/s);
    assert.match(card, /<dt>Learned<\/dt><dd><strong>75<\/strong>/);
    assert.match(card, /<dt>Likeness<\/dt><dd><strong>63<\/strong>.*Most like: Ada</s);
    assert.match(card, /Your correction: looks 3/);
    assert.match(faceCard(answer, 0, { ...page, language: 'zh' }).toString(), />颜值<\/button>/);
    const boxes = overlay([answer], { language: 'en', width: 640, height: 480, correctable: true });
    assert.match(boxes.toString(), /Face 1: looks 75, female, about 34 years/);
  });
});
