import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parse } from 'csv-parse/sync';
import { toShortcut, withoutProbabilities } from '../../../attributes/answer.ts';
import { drawn } from '../../../attributes/drawing.ts';
import { expression } from '../../../attributes/expression/attribute.ts';
import { EXPRESSIONS, expressionSchema } from '../../../attributes/expression/result.ts';
import { faceSchema } from '../../../attributes/face.ts';
import { factsOfNames, USUAL_FACTS, wordsOf } from '../../../attributes/facts.ts';
import { ATTRIBUTE_NAMES, USUAL_NAMES } from '../../../attributes/list.ts';
import { formatCsv, formatCsvHeader } from '../../../cli/csv.ts';
import { formatTable } from '../../../cli/table.ts';
import { faceCard } from '../../../functions/api/page/face-card.ts';
import { overlay } from '../../../functions/api/page/overlay.ts';
import { correctionSchema, faceAnswerSchema } from '../../../functions/api/schemas.ts';
import { analysed, face } from '../../cli/photos.ts';

const model = { name: 'test', version: '1' };
const output = [0.06, 0.9, 0.02, 0.01, 0.01, 0, 0, 0];
const { expression: told } = expression.read(output, { output: 'expression' }, model);
const smiling = { ...face(), expression: told };
const answer = faceAnswerSchema.parse(smiling);
const page = { photo: 'photo-1', correctable: true, pictured: false } as const;

describe('the expression of a face', () => {
  it('is the likeliest, with the probability of each and of a smile', () => {
    assert.deepEqual(told, {
      expression: 'happiness',
      confidence: 0.9,
      probabilities: {
        ...{ neutral: 0.06, happiness: 0.9, surprise: 0.02, sadness: 0.01 },
        ...{ anger: 0.01, disgust: 0, fear: 0, contempt: 0 },
      },
      smile: 0.9,
      model,
    });
    assert.deepEqual(expressionSchema.parse(told), told);
    assert.throws(
      () => expression.read([0.5, 0.5], { output: 'expression' }, model),
      /Expected probabilities of neutral, happiness/,
    );
  });

  it('is as certain as the temperature of its reading has it', () => {
    const read = (temperature: number) =>
      expression.read(output, { output: 'expression', temperature }, model).expression;
    const [sharper, softer] = [read(0.5), read(2)];
    assert.equal(sharper.expression, 'happiness');
    assert.equal(sharper.confidence, 0.9948);
    assert.equal(softer.confidence, 0.618);
    const sum = EXPRESSIONS.reduce((total, each) => total + softer.probabilities[each], 0);
    assert.ok(Math.abs(sum - 1) < 0.001);
  });

  it('is off unless it is asked for', () => {
    assert.deepEqual(USUAL_NAMES, ['age', 'gender']);
    assert.ok(ATTRIBUTE_NAMES.includes('expression'));
    assert.ok(faceSchema.safeParse(face()).success);
    assert.ok(!('smile' in Object.assign({}, ...USUAL_FACTS.map((fact) => fact.columns(smiling)))));
    assert.doesNotMatch(formatTable([analysed('a.jpg', [face()])], { color: false }), /Expression|Smile/);
    assert.deepEqual(
      wordsOf(face()).map(({ name }) => name),
      ['age', 'gender'],
    );
  });

  it('is in items, in the API, and may be corrected', () => {
    const item = faceSchema.parse(smiling);
    assert.deepEqual(item.expression, told);
    assert.deepEqual(answer.expression, told);
    const { probabilities, ...short } = told;
    assert.deepEqual(withoutProbabilities(item).expression, short);
    assert.ok(faceAnswerSchema.safeParse({ ...face(), expression: short }).success);
    assert.equal(toShortcut(item).expression, 'happiness');
    assert.ok(correctionSchema.safeParse({ expression: 'surprise', consent: true }).success);
    assert.ok(!correctionSchema.safeParse({ expression: 'joy', consent: true }).success);
    assert.equal(Object.keys(probabilities).length, EXPRESSIONS.length);
  });

  it('has columns in CSV files, and in the terminal where a face has it', () => {
    const facts = factsOfNames(['age', 'gender', 'expression']);
    const [row] = parse(formatCsvHeader(facts) + formatCsv(analysed('a.jpg', [smiling]), facts), {
      columns: true,
    });
    assert.deepEqual(Object.entries(row ?? {}).slice(13, 18), [
      ['gender_confidence', '0.968'],
      ['expression', 'happiness'],
      ['expression_confidence', '0.9'],
      ['smile', '0.9'],
      ['score', '83.4'],
    ]);
    const table = formatTable([analysed('a.jpg', [smiling]), analysed('b.jpg', [face()])], {
      width: 140,
      color: false,
    });
    assert.match(table, /Gender {2}Expression {4,}Smile {2}Score .*\n.* F 97 % {2}happiness 90 % +90 % /);
  });

  it('is drawn on photos, and told on the page', () => {
    assert.deepEqual(drawn(smiling).words, ['34 (28–41)', 'F 97 %', 'happiness 90 %']);
    assert.deepEqual(drawn(face()).words, ['34 (28–41)', 'F 97 %']);
    const card = faceCard(answer, 0, {
      ...page,
      language: 'en',
      correction: { expression: 'neutral' },
    }).toString();
    assert.match(card, />Expression<\/button>.*not what the person feels.*<strong>Happiness<\/strong> 90%/s);
    assert.match(card, /<dt>Smile<\/dt><dd><strong>90%<\/strong>/);
    assert.match(card, /<dt>Contempt<\/dt><dd><strong>0%<\/strong>/);
    assert.match(card, /Your correction: neutral/);
    assert.match(faceCard(answer, 0, { ...page, language: 'zh' }).toString(), />表情<\/button>.*高兴/s);
    const boxes = overlay([answer], { language: 'en', width: 640, height: 480, correctable: true });
    assert.match(boxes.toString(), /Face 1: happiness, female, about 34 years/);
  });
});
