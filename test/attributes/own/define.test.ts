import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ownAttribute } from '../../../attributes/own/attribute.ts';
import { DefinitionError, defineOwn } from '../../../attributes/own/define.ts';
import { ownOptionsSchema } from '../../../attributes/own/definition.ts';
import { cellOf } from '../../../attributes/own/label.ts';

/** A column with each of these values so often. */
const column = (counts: Readonly<Record<string, number>>, set = 'people') => ({
  set,
  cells: Object.entries(counts).flatMap(([cell, count]) => new Array<string>(count).fill(cell)),
});

const refused = (message: RegExp, ...definition: Parameters<typeof defineOwn>) =>
  assert.throws(() => defineOwn(...definition), { name: DefinitionError.name, message });

describe('an attribute of a column', () => {
  it('has the classes that words name, however they are written', () => {
    const cells = column({ Happy: 30, ' happy': 5, SAD: 20, neutral: 21 });
    assert.deepEqual(defineOwn('mood', [cells]), {
      name: 'mood',
      kind: 'classes',
      classes: ['happy', 'neutral', 'sad'],
    });
  });

  it('of answers to a question has yes and no', () => {
    const question = { name: 'glasses', kind: 'classes', classes: ['yes', 'no'] };
    assert.deepEqual(defineOwn('glasses', [column({ Y: 20, no: 20 })]), question);
    assert.deepEqual(defineOwn('glasses', [column({ 1: 40, 0: 20 })]), question);
    assert.deepEqual(
      defineOwn('glasses', [column({ 1: 40 }, 'a'), column({ false: 20, true: 1 }, 'b')], {
        classes: ['yes', 'no'],
      }),
      question,
    );
  });

  it('is a number where all cells are', () => {
    assert.deepEqual(defineOwn('beauty', [column({ '1.5': 10, '4,25': 10, 3: 5 })]), {
      name: 'beauty',
      kind: 'number',
      range: [1.5, 4.25],
    });
    assert.deepEqual(defineOwn('beauty', [column({ 2: 20, 3: 20 })], { range: [1, 5] }), {
      name: 'beauty',
      kind: 'number',
      range: [1, 5],
    });
    assert.deepEqual(defineOwn('stars', [column({ 1: 20, 2: 20 })], { kind: 'classes' }), {
      name: 'stars',
      kind: 'classes',
      classes: ['1', '2'],
    });
  });

  it('is refused with a sentence that says what to do', () => {
    refused(/received 19 of "sad"\. Label more/, 'mood', [column({ happy: 20, sad: 19 })]);
    refused(/all are "yes"/, 'glasses', [column({ yes: 50 })]);
    refused(/there are none/, 'glasses', [column({})]);
    const texts = Object.fromEntries(Array.from({ length: 40 }, (_, index) => [`note ${index}`, 1]));
    refused(/40 different values .* free text/, 'notes', [column(texts)]);
    refused(/free text/, 'notes', [column({ ['a long note '.repeat(5)]: 20, b: 20 })]);
    refused(/received "old"/, 'size', [column({ 1: 20, old: 1 })], { kind: 'number' });
    refused(/from 1 to 5 .* received 7/, 'beauty', [column({ 2: 20, 7: 1 })], { range: [1, 5] });
    refused(/Expected happy, sad in .* received "angry"/, 'mood', [column({ happy: 20, angry: 20 })], {
      classes: ['happy', 'sad'],
    });
  });

  it('is refused where no model could keep it, before one is trained', () => {
    refused(/received "a\\u200db", which can't be the name/, 'mood', [column({ 'a\u200db': 20, c: 20 })]);
    const proto = { set: 'people', cells: Array.from({ length: 40 }, (_, i) => (i % 2 ? '__proto__' : 'b')) };
    refused(/received "__proto__"/, 'mood', [proto]);
    for (const number of ['1e12', '-1e308']) {
      refused(/1,000,000,000 .* received -?1/, 'income', [column({ [number]: 20, 3: 20 })]);
    }
    refused(/different numbers .* all are 1:/, 'size', [column({ '1.0': 20, 1: 20 })]);
    refused(/different numbers .* all are 0:/, 'size', [column({ '-0': 20, '0.0': 20, '1e-300': 20 })]);
  });

  it('has the same class for any blanks between its words', () => {
    const hair = { name: 'hair', kind: 'classes', classes: ['dark hair', 'fair'] } as const;
    const cells = column({ 'dark hair': 10, 'Dark\u00a0Hair': 10, fair: 20 });
    assert.deepEqual(defineOwn('hair', [cells]), hair);
    const labels = ['dark\u00a0hair', 'DARK \n hair'].map((cell) => ({ groups: { hair: cell } }));
    const { isLabelled } = ownAttribute(hair).learning;
    assert.deepEqual(labels.map(isLabelled), [true, true]);
  });

  it('has classes that differ by more than how they are written', () => {
    assert.equal(ownOptionsSchema.safeParse({ classes: ['Yes', 'no'] }).success, true);
    assert.equal(ownOptionsSchema.safeParse({ classes: ['Yes', 'yes', 'no'] }).success, false);
  });

  it('needs sets that agree on the classes, unless they are said', () => {
    const sets = [column({ happy: 20, sad: 20 }, 'one'), column({ happy: 20, angry: 20 }, 'other')];
    refused(/one has happy, sad and other has angry, happy/, 'mood', sets);
    const classes = ['happy', 'sad', 'angry'];
    assert.deepEqual(defineOwn('mood', sets, { classes }), { name: 'mood', kind: 'classes', classes });
  });

  it('is what labels make of it, whatever corrections are left of what it was before', () => {
    const corrections = (counts: Readonly<Record<string, number>>) => ({
      ...column(counts, 'corrections'),
      corrected: true,
    });
    const people = column({ happy: 30, neutral: 30, sad: 15 });
    const mood = { name: 'mood', kind: 'classes', classes: ['happy', 'neutral', 'sad'] };
    // Of one class too few were labelled, one was merged with another since, and none of one class was corrected.
    assert.deepEqual(defineOwn('mood', [people, corrections({ sad: 5, gloomy: 1, happy: 3 })]), mood);
    const { classes } = mood;
    assert.deepEqual(defineOwn('mood', [people, corrections({ sad: 5, 7: 1 })], { classes }), mood);
    refused(/received 17 of "sad"/, 'mood', [people, corrections({ sad: 2, happy: 30 })]);
    const beauty = { name: 'beauty', kind: 'number', range: [1, 5] };
    const numbers = column({ 1: 9, 2.5: 2, 5: 8 });
    assert.deepEqual(defineOwn('beauty', [numbers, corrections({ 3: 1, 9: 1, pretty: 1 })]), beauty);
    assert.deepEqual(
      defineOwn('beauty', [numbers, corrections({ 9: 1, pretty: 1 })], { range: [1, 5] }),
      beauty,
    );
    // Alone they say what there is, unless that is said.
    const alone = corrections({ yes: 20, no: 20, perhaps: 1 });
    refused(/received 1 of "perhaps"/, 'glasses', [alone]);
    assert.deepEqual(defineOwn('glasses', [alone], { classes: ['yes', 'no'] }).kind, 'classes');
  });

  it('has no name that means something else', () => {
    for (const name of ['age', 'x', 'subject', 'score', 'quality', 'photo', 'attributes', 'own']) {
      refused(/is already taken/, name, [column({ a: 20, b: 20 })], {}, ['age', 'gender']);
    }
    // A column that no face has, whatever objects have.
    assert.equal(cellOf({ groups: {} }, 'constructor'), undefined);
    refused(/lower-case letters/, 'skin tone', [column({ a: 20, b: 20 })]);
  });
});
