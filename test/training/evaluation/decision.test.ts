import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { bootstrap } from '../../../training/evaluation/bootstrap.ts';
import { decide } from '../../../training/evaluation/decision.ts';
import { labelledFaces, normal, saysAge, seeded, withAges, withGenders } from '../synthetic.ts';

describe('bootstrap', () => {
  const values = (count: number, mean: number, seed = 5) => {
    const random = seeded(seed);
    return Array.from({ length: count }, () => ({ value: mean + normal(random) }));
  };

  it('gives the interval that theory gives for normal differences', () => {
    const { mean, low, high, faces } = bootstrap(values(400, 0));
    assert.equal(faces, 400);
    // The standard error is 1 / √400.
    assert.ok(Math.abs(low - (mean - 1.96 * 0.05)) < 0.01, `low ${low}`);
    assert.ok(Math.abs(high - (mean + 1.96 * 0.05)) < 0.01, `high ${high}`);
  });

  it('finds a difference where there is one, and none where there is none', () => {
    assert.ok(bootstrap(values(400, 0.3)).p < 0.001);
    assert.ok(bootstrap(values(400, 0)).p > 0.05);
    assert.equal(bootstrap(Array.from({ length: 50 }, () => ({ value: 0 }))).p, 1);
  });

  it('calls chance a difference about once in twenty times', () => {
    const times = 200;
    const wrong = Array.from({ length: times }, (_, seed) =>
      bootstrap(values(100, 0, seed + 100), { resamples: 500 }),
    ).filter(({ low, high }) => low > 0 || high < 0).length;
    assert.ok(wrong >= 2 && wrong <= 22, `${wrong} of ${times}`);
  });

  it('gives the same figures for the same seed', () => {
    const differences = values(50, 0.1);
    assert.deepEqual(bootstrap(differences, { seed: 3 }), bootstrap(differences, { seed: 3 }));
    assert.notDeepEqual(bootstrap(differences, { seed: 3 }), bootstrap(differences, { seed: 4 }));
  });

  it('takes the faces of one person for one piece of evidence', () => {
    const independent = values(30, 0.3);
    const repeated = independent.flatMap(({ value }, person) =>
      Array.from({ length: 10 }, () => ({ value, subject: `person ${person}` })),
    );
    const width = ({ low, high }: { low: number; high: number }) => high - low;
    assert.ok(Math.abs(width(bootstrap(repeated)) / width(bootstrap(independent)) - 1) < 0.1);
    const anonymous = repeated.map(({ value }) => ({ value }));
    assert.ok(width(bootstrap(anonymous)) < width(bootstrap(repeated)) / 2);
  });

  it('refuses to compare nothing', () => {
    assert.throws(() => bootstrap([]), /Expected faces to compare two models on/);
  });
});

describe('decide', () => {
  const faces = labelledFaces(1000);
  const inService = withAges(faces, () => 7, 2);

  it('promotes an age model whose errors are smaller by more than chance', () => {
    const { promote, reasons, comparison } = decide(
      'age',
      withAges(faces, () => 5, 3),
      inService,
    );
    assert.equal(promote, true);
    assert.equal(comparison.statistic, 'meanAbsoluteError');
    // The mean of |N(0, σ)| is σ √(2/π).
    assert.ok(Math.abs((comparison.overall?.mean ?? 0) + 2 * Math.sqrt(2 / Math.PI)) < 0.4);
    assert.match(
      reasons.join(),
      /^Better than the model in service by more than chance: mean absolute error −1\.\d\d years/,
    );
  });

  it('does not promote one that is as good, or worse', () => {
    const same = decide(
      'age',
      withAges(faces, () => 7, 4),
      inService,
    );
    assert.equal(same.promote, false);
    assert.match(same.reasons[0] ?? '', /^Not better/);
    assert.equal(
      decide(
        'age',
        withAges(faces, () => 9, 5),
        inService,
      ).promote,
      false,
    );
    assert.equal(decide('age', inService, inService).promote, false);
  });

  it('does not promote one that is better, but worse for a group by more than the margin', () => {
    const candidate = withAges(faces, ({ groups }) => (groups?.light === 'night' ? 9 : 3), 6);
    const { promote, reasons } = decide('age', candidate, inService);
    assert.equal(promote, false);
    assert.match(reasons[0] ?? '', /^Better/);
    assert.match(reasons[1] ?? '', /^Worse for light "night" by more than the margin of 1\.00 years/);
    assert.equal(reasons.length, 2);
    assert.equal(decide('age', candidate, inService, { years: 3 }).promote, true);
    assert.equal(decide('age', candidate, inService, { minimumGroupFaces: 500 }).promote, true);
  });

  it('takes no account of a group that is worse by chance', () => {
    // 40 faces more, whose errors are so scattered that their mean says nothing.
    const few = labelledFaces(40, 9).map((face) => ({
      ...face,
      face: `${face.face}!`,
      groups: { light: 'dim' },
    }));
    const scattered = (seed: number) => withAges(few, () => 20, seed);
    const others = [...inService, ...scattered(11)];
    const dim = (seed: number) => {
      const decision = decide('age', [...withAges(faces, () => 5, 3), ...scattered(seed)], others);
      const group = decision.comparison.groups.find(({ group }) => group.value === 'dim');
      return { ...decision, difference: group?.difference };
    };
    const worse = [12, 13, 14, 15, 16]
      .map(dim)
      .find(({ difference }) => difference && difference.mean > 1 && difference.p >= 0.2);
    assert.equal(worse?.promote, true);
  });

  it('compares genders by the share of right answers', () => {
    const before = withGenders(faces, () => 0.9, 7);
    const better = decide(
      'gender',
      withGenders(faces, () => 0.97, 8),
      before,
    );
    assert.equal(better.promote, true);
    assert.equal(better.comparison.statistic, 'gender');
    const unfair = withGenders(faces, ({ gender }) => (gender === 'F' ? 0.8 : 1), 9);
    const { promote, reasons } = decide('gender', unfair, before);
    assert.equal(promote, false);
    assert.ok(reasons.some((reason) => /^Worse for gender "female"/.test(reason)));
  });

  it('compares by age groups where labels are ranges', () => {
    const ranges = faces.map(({ age = 0, ...face }) => ({ ...face, age, ageRange: { low: age, high: age } }));
    const { promote, comparison } = decide(
      'age',
      withAges(ranges, () => 3, 3),
      withAges(ranges, () => 12, 4),
    );
    assert.equal(promote, true);
    assert.equal(comparison.statistic, 'exact');
  });

  it('says so when there are too few faces, and promotes nothing', () => {
    const few = faces.slice(0, 99);
    const { promote, reasons } = decide(
      'age',
      withAges(few, () => 1, 3),
      withAges(few, () => 20, 4),
    );
    assert.equal(promote, false);
    assert.deepEqual(reasons, [
      'Too few labelled test faces to compare the models on: 99 faces of 99 people; at least 100 faces of 20 people are needed.',
    ]);
    const album = faces.map((face, index) => ({ ...face, subject: `person ${index % 19}` }));
    const ofFew = decide(
      'age',
      withAges(album, () => 1, 3),
      withAges(album, () => 20, 4),
    );
    assert.equal(ofFew.promote, false);
    assert.match(ofFew.reasons[0] ?? '', new RegExp(`on: ${album.length} faces of 19 people`));
    assert.match(decide('age', [], []).reasons[0] ?? '', /on: 0 faces of 0 people/);
  });

  it('compares the models on the faces that both have, by name', () => {
    const shuffled = inService.toReversed().slice(100);
    const { comparison } = decide('age', inService, shuffled);
    assert.deepEqual(comparison.overall, { faces: 900, people: 900, mean: 0, low: 0, high: 0, p: 1 });
    const unknown = [{ face: 'unknown', said: saysAge(1) }];
    assert.equal(decide('age', unknown, unknown).comparison.overall, undefined);
  });
});
