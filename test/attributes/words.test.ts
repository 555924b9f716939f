import assert from 'node:assert/strict';
import { registerHooks } from 'node:module';
import { describe, it } from 'node:test';
import { parse } from 'csv-parse/sync';

const LIST = new URL('../../attributes/list.ts', import.meta.url).href;
const LONGER = new URL('longer-list.ts', import.meta.url).href;

// Whatever is imported from here on finds one attribute more in the list.
registerHooks({
  resolve(specifier, context, next) {
    const resolved = next(specifier, context);
    return resolved.url === LIST && context.parentURL !== LONGER ? { ...resolved, url: LONGER } : resolved;
  },
});

const { describeApi } = await import('../../clients/document.ts');
const { formatCsv, formatCsvHeader } = await import('../../cli/csv.ts');
const { formatTable } = await import('../../cli/table.ts');
const { drawn } = await import('../../attributes/drawing.ts');
const { WORDS } = await import('../../attributes/list.ts');
const { correctionSchema, faceAnswerSchema, labelAnswerSchema } = await import(
  '../../functions/api/schemas.ts'
);
const { toShortcut } = await import('../../attributes/answer.ts');
const { faceSchema } = await import('../../attributes/face.ts');
await import('../../functions/api/page/chinese.ts');
const { dictionary } = await import('../../functions/api/page/dictionary.ts');
const { faceCard } = await import('../../functions/api/page/face-card.ts');
const { overlay } = await import('../../functions/api/page/overlay.ts');
const { analysed, face } = await import('../cli/photos.ts');

const glasses = { glasses: 'yes', confidence: 0.91, model: { name: 'test', version: '1' } };
const wearer = { ...face(), glasses };
const answer = faceAnswerSchema.parse(wearer);
const page = { photo: 'photo-1', correctable: true, pictured: false } as const;

describe('An attribute that is only in its folder and in the list', () => {
  it('is kept in items', () => {
    assert.deepEqual(Object.entries(faceSchema.parse(wearer)).at(-1), ['glasses', glasses]);
    // Faces may be without.
    assert.ok(faceSchema.safeParse(face()).success);
  });

  it('has columns in CSV files', () => {
    const [row] = parse(formatCsvHeader() + formatCsv(analysed('a.jpg', [wearer])), { columns: true });
    assert.deepEqual(Object.entries(row ?? {}).slice(12, 17), [
      ['gender', 'F'],
      ['gender_confidence', '0.968'],
      ['glasses', 'yes'],
      ['glasses_confidence', '0.91'],
      ['score', '83.4'],
    ]);
  });

  it('has a column in the terminal', () => {
    const table = formatTable([analysed('a.jpg', [wearer])], { width: 120, color: false });
    assert.match(table, /Gender {2}Glasses {3}Score .*\n.* F 97 % {2}yes 91 % {5}83 /);
  });

  it('is drawn on photos', () => {
    assert.deepEqual(drawn(wearer).words, ['34 (28–41)', 'F 97 %', 'glasses yes 91 %']);
    assert.deepEqual(drawn(face()).words, ['34 (28–41)', 'F 97 %'], 'Of a face without it, the others');
  });

  it('is answered, described and corrected by the API', async () => {
    assert.deepEqual(toShortcut(faceSchema.parse(wearer)), {
      age: '(25, 32)',
      score: 83.4,
      gender: 'F',
      glasses: 'yes',
    });
    assert.deepEqual(Object.entries(answer).at(-2), ['glasses', glasses]);
    assert.ok(correctionSchema.safeParse({ glasses: 'no', consent: true }).success);
    assert.ok(!correctionSchema.safeParse({ glasses: 'perhaps', consent: true }).success);
    const { error } = correctionSchema.safeParse({ consent: true });
    assert.equal(
      error?.issues[0]?.message,
      'a number from 0 to 120 unless there is a gender, an expression, a state of the eyes, a state of the mouth, a rating or glasses',
    );
    const label = { glasses: 'no', consent: true, labelledAt: new Date(0).toISOString() };
    assert.deepEqual(labelAnswerSchema.parse(label), label);

    const { components, paths } = JSON.parse(await describeApi());
    const { Face, FacesFound, Correction, Label, Glasses } = components.schemas;
    assert.deepEqual(Face.properties.glasses, { $ref: '#/components/schemas/Glasses' });
    assert.deepEqual(Glasses.properties.glasses, { type: 'string', enum: ['yes', 'no'] });
    for (const { properties } of [FacesFound, Correction, Label]) {
      assert.deepEqual(properties.glasses, { type: 'string', enum: ['yes', 'no'] });
    }
    assert.match(paths['/predict'].post.summary, /ages, genders and glasses/);
  });

  it('is on the page, in both languages', () => {
    assert.equal(
      dictionary.en.lead,
      'Age, gender, glasses, a score and picture quality for every face, and how certain each estimate is.',
    );
    assert.equal(dictionary.zh.nothingCorrected, '请输入年龄、选择性别或选择眼镜。');
    const correction = { age: 40, glasses: 'no' };
    const card = faceCard(answer, 0, { ...page, language: 'en', correction }).toString();
    assert.match(card, /<dt>Glasses<\/dt><dd><strong>With glasses<\/strong> 91%<\/dd>/);
    assert.match(card, /Your correction: 40 years, without glasses/);
    assert.match(faceCard(answer, 0, { ...page, language: 'zh' }).toString(), /<dt>眼镜<\/dt>.*戴眼镜/);
    const boxes = overlay([answer], { language: 'en', width: 640, height: 480, correctable: true });
    assert.match(boxes.toString(), /Face 1: with glasses, female, about 34 years\. Correct it/);
    const fields = WORDS.map((words) => words.correction.fields(answer, 'no', 'en')).join('');
    assert.match(fields, /<input type="radio" name="glasses" value="no" checked>/);
  });
});
