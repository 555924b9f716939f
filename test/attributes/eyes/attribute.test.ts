import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { toShortcut } from '../../../attributes/answer.ts';
import { drawn } from '../../../attributes/drawing.ts';
import { eyes } from '../../../attributes/eyes/attribute.ts';
import { faceSchema } from '../../../attributes/face.ts';
import { factsOfNames, USUAL_FACTS, wordsOf } from '../../../attributes/facts.ts';
import { USUAL_NAMES } from '../../../attributes/list.ts';
import { mouth } from '../../../attributes/mouth/attribute.ts';
import { formatCsvHeader } from '../../../cli/csv.ts';
import { formatTable } from '../../../cli/table.ts';
import { faceCard } from '../../../functions/api/page/face-card.ts';
import { correctionSchema, faceAnswerSchema } from '../../../functions/api/schemas.ts';
import { analysed, face } from '../../cli/photos.ts';

const model = { name: 'test', version: '1' };
const yawning = {
  ...face(),
  ...eyes.read([0.2], undefined, model),
  ...mouth.read([0.1], undefined, model),
};

describe('the eyes and the mouth of a face', () => {
  it('are open or closed, whichever is likelier', () => {
    assert.deepEqual(yawning.eyes, { eyes: 'closed', confidence: 0.8, model });
    assert.deepEqual(yawning.mouth, { mouth: 'open', confidence: 0.9, model });
  });

  it('are off unless they are asked for', () => {
    assert.deepEqual(USUAL_NAMES, ['age', 'gender']);
    assert.ok(!('eyes' in Object.assign({}, ...USUAL_FACTS.map((fact) => fact.columns(yawning)))));
    assert.doesNotMatch(formatTable([analysed('a.jpg', [face()])], { color: false }), /Eyes|Mouth/);
    assert.deepEqual(
      wordsOf(face()).map(({ name }) => name),
      ['age', 'gender'],
    );
  });

  it('are in items, in the API, in CSV files and in the terminal, and may be corrected and labelled', () => {
    const item = faceSchema.parse(yawning);
    assert.deepEqual([item.eyes, item.mouth], [yawning.eyes, yawning.mouth]);
    assert.ok(faceAnswerSchema.safeParse(yawning).success);
    assert.deepEqual([toShortcut(item).eyes, toShortcut(item).mouth], ['closed', 'open']);
    assert.ok(correctionSchema.safeParse({ eyes: 'open', mouth: 'closed', consent: true }).success);
    assert.ok(!correctionSchema.safeParse({ eyes: 'shut', consent: true }).success);
    assert.match(
      formatCsvHeader(factsOfNames(['eyes', 'mouth'])),
      /,eyes,eyes_confidence,mouth,mouth_confidence,/,
    );
    assert.match(formatTable([analysed('a.jpg', [yawning])], { width: 140, color: false }), /Eyes.*Mouth/);
    assert.deepEqual(eyes.label.parse('Shut'), { eyes: 'closed' });
    assert.deepEqual(mouth.label.parse('opened'), { mouth: 'open' });
  });

  it('are drawn on photos, and told on the page in English and Chinese', () => {
    assert.deepEqual(drawn(yawning).words.slice(2), ['eyes closed 80 %', 'mouth open 90 %']);
    const answer = faceAnswerSchema.parse(yawning);
    const card = (language: 'en' | 'zh') =>
      faceCard(answer, 0, { photo: 'photo-1', correctable: true, pictured: false, language }).toString();
    assert.match(card('en'), />Eyes<\/button>.*Closed if no iris can be seen.*<strong>Closed<\/strong> 80%/s);
    assert.match(card('en'), />Mouth<\/button>.*shows teeth.*<strong>Open<\/strong> 90%/s);
    assert.match(card('zh'), /眼睛<\/button>.*闭上<\/strong>.*嘴巴<\/button>.*张开<\/strong>/s);
  });
});
