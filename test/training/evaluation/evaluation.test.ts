import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { secondGuess } from '../../../attributes/age/evaluation.ts';
import type { JudgedFace } from '../../../training/evaluation/answer.ts';
import { evaluate } from '../../../training/evaluation/evaluation.ts';
import { splitIntoGroups } from '../../../training/evaluation/groups.ts';
import { measureFaces } from '../../../training/evaluation/measures.ts';
import { saysAge, saysGender } from '../synthetic.ts';

const face = (age: number, said: JudgedFace['said'], more: Partial<JudgedFace> = {}): JudgedFace => ({
  face: `${age}.jpg`,
  age,
  said,
  ...more,
});

describe('measureFaces', () => {
  it('gives the figures that follow by hand', () => {
    // Errors 1, 3, 10 and 30 years; groups (25, 32) right twice, one off, three off; intervals reach 5 years.
    const faces = [
      face(30, saysAge(31)),
      face(30, saysAge(27)),
      face(30, saysAge(40)),
      face(30, saysAge(60)),
    ];
    assert.deepEqual(measureFaces(faces), {
      faces: 4,
      found: 1,
      meanAbsoluteError: 11,
      exact: 0.5,
      oneOff: 0.75,
      exactInGroup: 0.5,
      oneOffInGroup: 0.75,
      covered: 0.5,
      width: 10,
      adultsAsMinors: 0,
    });
  });

  it('leaves ages between two groups out of the figures of ages within one', () => {
    // 13 lies between (8, 12) and (15, 20) and counts to the younger; 12 and a half is still 12 years old.
    const faces = [
      face(13, saysAge(10)),
      face(12.5, saysAge(50)),
      face(20, saysAge(30)),
      face(100, undefined),
    ];
    const { exact, oneOff, exactInGroup, oneOffInGroup } = measureFaces(faces);
    assert.deepEqual(
      { exact, oneOff, exactInGroup, oneOffInGroup },
      { exact: 1 / 4, oneOff: 2 / 4, exactInGroup: 0, oneOffInGroup: 1 / 3 },
    );
    assert.equal(measureFaces([face(13, saysAge(10))]).exactInGroup, undefined);
  });

  it('counts a face that was not found as an error, but in no mean of years', () => {
    const faces = [face(30, saysAge(32)), face(30, undefined)];
    assert.deepEqual(measureFaces(faces), {
      faces: 2,
      found: 0.5,
      meanAbsoluteError: 2,
      exact: 0.5,
      oneOff: 0.5,
      exactInGroup: 0.5,
      oneOffInGroup: 0.5,
      covered: 1,
      width: 10,
      adultsAsMinors: 0,
    });
  });

  it('counts an age to the interval that its whole year touches', () => {
    const said = { age: { years: 30, low: 24.5, high: 35.5, group: '(25, 32)' } } as const;
    const covered = (age: number) => measureFaces([face(age, said)]).covered;
    assert.deepEqual([23, 24, 36, 37].map(covered), [0, 1, 1, 0]);
  });

  it('takes of a label that is a range of ages its group, and whether the answer lies in the range', () => {
    const ageRange = { low: 25, high: 32 };
    const faces = [
      face(28.5, saysAge(26), { ageRange }),
      // Half a year before the range begins there is nothing but the range.
      face(28.5, saysAge(24.4), { ageRange }),
      face(28.5, saysAge(35.5), { ageRange }),
      face(28.5, undefined, { ageRange }),
    ];
    const { meanAbsoluteError, exact, inRange, outside, covered } = measureFaces(faces);
    assert.equal(meanAbsoluteError, undefined);
    assert.deepEqual({ exact, inRange }, { exact: 2 / 4, inRange: 1 / 4 });
    assert.ok(Math.abs((outside ?? 0) - (0.1 + 3) / 3) < 1e-9);
    // The intervals reach 5 years: 25 to 31, 25 to 29 and 30 to 32 of the eight years lie in them.
    assert.ok(Math.abs((covered ?? 0) - (7 + 5 + 3) / 8 / 3) < 1e-9);
    const open = face(85, saysAge(75), { ageRange: { low: 70, high: 100 } });
    assert.equal(measureFaces([open]).covered, undefined);
  });

  it('counts minors who are taken for adults, and adults as minors', () => {
    const faces = [
      face(17, saysAge(17.5)),
      face(17, saysAge(17.4)),
      face(18, saysAge(17.4)),
      face(40, saysAge(30)),
      face(40, undefined),
      face(14.5, saysAge(30), { ageRange: { low: 10, high: 19 } }),
      face(6, saysAge(20), { ageRange: { low: 3, high: 9 } }),
    ];
    const { minorsAsAdults, adultsAsMinors } = measureFaces(faces);
    assert.deepEqual({ minorsAsAdults, adultsAsMinors }, { minorsAsAdults: 2 / 3, adultsAsMinors: 1 / 2 });
  });

  it('says nothing of what is not labelled or not answered', () => {
    assert.deepEqual(measureFaces([face(30, saysGender('M'), { gender: 'M' })]), {
      faces: 1,
      found: 1,
      gender: 1,
    });
    assert.deepEqual(measureFaces([]), { faces: 0 });
  });

  it('counts right genders', () => {
    const faces = [
      face(30, saysGender('M'), { gender: 'M' }),
      face(30, saysGender('M'), { gender: 'F' }),
      face(30, saysGender('F'), { gender: 'F' }),
      face(30, undefined, { gender: 'F' }),
    ];
    assert.equal(measureFaces(faces).gender, 0.5);
  });
});

describe('splitIntoGroups', () => {
  it('divides by age band, gender and each column of the labels', () => {
    const faces = [
      face(12, undefined, { gender: 'F', groups: { light: 'day' } }),
      face(13, undefined, { gender: 'M', groups: { light: 'night', camera: 'a' } }),
      face(59, undefined, { gender: 'M' }),
      face(60, undefined),
      { face: 'unknown.jpg', groups: { light: 'day' } },
    ];
    assert.deepEqual(
      splitIntoGroups(faces).map(({ group, faces }) => [
        group.column,
        group.value,
        faces.map(({ face }) => face),
      ]),
      [
        ['age', 'children, 12 and younger', ['12.jpg']],
        ['age', 'adults, 13 to 59', ['13.jpg', '59.jpg']],
        ['age', 'elderly, 60 and older', ['60.jpg']],
        ['gender', 'female', ['12.jpg']],
        ['gender', 'male', ['13.jpg', '59.jpg']],
        ['camera', 'a', ['13.jpg']],
        ['light', 'day', ['12.jpg', 'unknown.jpg']],
        ['light', 'night', ['13.jpg']],
      ],
    );
  });
});

describe('evaluate', () => {
  it('counts answers by label', () => {
    const faces = [
      face(1, saysAge(1)),
      face(1, saysAge(5)),
      face(30, saysAge(26)),
      face(80, saysAge(50)),
      face(80, undefined),
    ];
    const { classes, counts } = evaluate('age', faces).confusion;
    assert.equal(classes.length, 8);
    assert.deepEqual(counts[0], [1, 1, 0, 0, 0, 0, 0, 0]);
    assert.deepEqual(counts[4], [0, 0, 0, 0, 1, 0, 0, 0]);
    assert.deepEqual(counts[7], [0, 0, 0, 0, 0, 0, 1, 0]);
    assert.equal(
      counts.flat().reduce((sum, count) => sum + count),
      4,
    );
  });

  it('says how far and to which side each decade is off', () => {
    const faces = [face(22, saysAge(24)), face(29, saysAge(25)), face(30, saysAge(31))];
    assert.deepEqual(evaluate('age', faces).errors, [
      { from: 20, faces: 2, meanAbsoluteError: 3, bias: -1 },
      { from: 30, faces: 1, meanAbsoluteError: 1, bias: 1 },
    ]);
  });

  it('says how often it is right at each confidence', () => {
    const sure = { gender: 'F', face: 'sure' } as const;
    const { reliability, confusion } = evaluate('gender', [
      { ...sure, said: saysGender('F', 0.92) },
      { ...sure, said: saysGender('F', 0.98) },
      { ...sure, said: saysGender('M', 1) },
      { ...sure, said: saysGender('M', 0.55) },
    ]);
    assert.deepEqual(reliability, [
      { faces: 1, confidence: 0.55, right: 0 },
      { faces: 3, confidence: 2.9 / 3, right: 2 / 3 },
    ]);
    assert.deepEqual(confusion, {
      classes: ['F', 'M'],
      counts: [
        [2, 2],
        [0, 0],
      ],
    });
  });

  it('keeps the worst errors, the worst first', () => {
    const faces = [
      face(30, saysAge(31)),
      face(20, saysAge(45)),
      face(50, saysAge(10)),
      face(60, saysAge(60)),
    ];
    const worst = (count?: number) => evaluate('age', faces, count).worst.map(({ face }) => face);
    assert.deepEqual(worst(), ['50.jpg', '20.jpg', '30.jpg']);
    assert.deepEqual(worst(2), ['50.jpg', '20.jpg']);
    const range = { ageRange: { low: 25, high: 32 } };
    const ranges = [face(28.5, saysAge(26), range), face(28.5, saysAge(35), range)];
    assert.deepEqual(evaluate('age', ranges).worst, [ranges[1]]);
    const genders = [
      { face: 'sure', gender: 'F', said: saysGender('M', 0.99) },
      { face: 'unsure', gender: 'F', said: saysGender('M', 0.6) },
      { face: 'right', gender: 'F', said: saysGender('F', 0.9) },
    ] as const;
    assert.deepEqual(
      evaluate('gender', genders).worst.map(({ face }) => face),
      ['sure', 'unsure'],
    );
  });
});

describe('secondGuess', () => {
  it('is the second most probable group, where probabilities are given', () => {
    const groups = {
      '(0, 2)': 0,
      '(4, 6)': 0,
      '(8, 12)': 0.1,
      '(15, 20)': 0.2,
      '(25, 32)': 0.4,
      '(38, 43)': 0.3,
      '(48, 53)': 0,
      '(60, 100)': 0,
    };
    const age = { years: 30, low: 20, high: 40, group: '(25, 32)' } as const;
    assert.equal(secondGuess({ ...age, groups }), '(38, 43)');
    assert.equal(secondGuess(age), undefined);
    assert.equal(secondGuess(undefined), undefined);
  });
});
