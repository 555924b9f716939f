import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { withoutProbabilities } from '../../attributes/answer.ts';
import { drawn } from '../../attributes/drawing.ts';
import { factsOf } from '../../attributes/facts.ts';
import { isWanted, NotOnError, namesIn, requireOn } from '../../attributes/wanted.ts';
import { formatTable } from '../../cli/table.ts';
import { faceCard } from '../../functions/api/page/face-card.ts';
import { describeFace } from '../../functions/api/page/overlay.ts';
import { faceAnswerSchema } from '../../functions/api/schemas.ts';
import { analysed, face } from '../cli/photos.ts';

describe('A list of what is wanted', () => {
  it('has names between commas, each once', () => {
    assert.deepEqual(namesIn('age, quality,age'), ['age', 'quality']);
    assert.deepEqual(namesIn(''), ['']);
    assert.ok(isWanted('age', ['age']) && !isWanted('gender', ['age']));
    assert.ok(isWanted('gender', undefined), 'Without a list everything is');
  });

  it('may have only what is on, and says how to turn on the rest', () => {
    const on = ['age', 'gender', 'glasses'];
    requireOn(undefined, on);
    requireOn(['glasses', 'quality'], on);
    const messageOf = (...wanted: string[]) => {
      try {
        requireOn(wanted, on);
      } catch (error) {
        if (error instanceof NotOnError) return error.message;
        throw error;
      }
      return undefined;
    };
    const expected = 'Expected attributes to be any of age, gender, glasses, quality but received';
    assert.equal(
      messageOf('age', 'expression'),
      `${expected} "expression". A deployment turns it on with -c attributes=age,gender,expression.`,
    );
    assert.equal(
      messageOf('hat'),
      `${expected} "hat". An attribute of your own has to be trained first: npm run train -- --task hat.`,
    );
    assert.equal(messageOf('all'), `${expected} "all". Leave attributes out for all that are on.`);
    assert.equal(messageOf('age; DROP'), `${expected} "age; DROP". Separate the names with commas.`);
    assert.ok((messageOf('x'.repeat(2000)) ?? '').length < 200);
  });
});

describe('A face of which little was wanted', () => {
  const { box, confidence, landmarks, gender, quality } = face();
  const bare = { box, confidence, landmarks };
  const options = { photo: 'photo-1', language: 'en', correctable: true, pictured: false } as const;

  it('is shown with what it has', () => {
    const some = { ...bare, gender, quality };
    assert.deepEqual(
      factsOf(some).map(({ field }) => field),
      ['gender', 'quality'],
    );
    assert.deepEqual(drawn(some).words, ['F 97 %']);
    assert.equal(describeFace(some, 'en'), 'female');
    assert.doesNotMatch(faceCard(some, 0, options).toString(), /years|Score|undefined/);
    assert.match(
      formatTable([analysed('a.jpg', [some])], { width: 120, color: false }),
      /^Photo +Face +Box +Gender +Qual +Time\n/,
    );
  });

  it('is shown with nothing where it has nothing', () => {
    assert.deepEqual(withoutProbabilities(bare), bare);
    assert.ok(faceAnswerSchema.safeParse(bare).success);
    assert.deepEqual(drawn(bare).words, []);
    assert.equal(describeFace(bare, 'en'), '');
    assert.match(faceCard(bare, 0, options).toString(), /Face 1/);
  });
});
