import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  estimateOf,
  intervalOf,
  readAge,
  toGroups,
  toYears,
  YEARS,
} from '../../../attributes/age/distribution.ts';
import { ageFrequencies, calibrateReading, conformalInterval } from '../../../attributes/age/intervals.ts';
import { quantileOf } from '../../../attributes/distribution.ts';
import { measureFaces } from '../../../training/evaluation/measures.ts';
import { distributionAround, normal, seeded } from '../../training/synthetic.ts';

const MODEL = { name: 'test', version: '1' };
const certain = (year: number) => Array.from({ length: YEARS }, (_, index) => Number(index === year));

describe('readAge', () => {
  const reading = {
    output: 'years',
    estimate: 'median',
    interval: { lower: 0.1, upper: 0.9, margin: 0 },
  } as const;

  it('spreads a year over half a year on both sides', () => {
    assert.equal(quantileOf(certain(30), 0.5), 30);
    assert.ok(Math.abs(quantileOf(certain(30), 0.1) - 29.6) < 1e-9);
    const two = certain(30).map((value, year) => (value + Number(year === 40)) / 2);
    assert.equal(quantileOf(two, 0.25), 30);
    assert.equal(quantileOf(two, 0.75), 40);
  });

  it('tells median and expectation apart', () => {
    const skewed = certain(20).map((value, year) => 0.75 * value + 0.25 * Number(year === 80));
    assert.equal(estimateOf(skewed, 'expectation'), 35);
    assert.ok(Math.abs(estimateOf(skewed, 'median') - (19.5 + 0.5 / 0.75)) < 1e-9);
  });

  it('says years, interval and groups of a Gaussian', () => {
    const { years, low, high, group, groups } = readAge(distributionAround(30, 5), reading, MODEL);
    assert.equal(years, 30);
    assert.ok(Math.abs(low - (30 - 1.2816 * 5)) < 0.15, `low ${low}`);
    assert.ok(Math.abs(high - (30 + 1.2816 * 5)) < 0.15, `high ${high}`);
    assert.equal(group, '(25, 32)');
    assert.ok(Math.abs(Object.values(groups).reduce((sum, share) => sum + share, 0) - 1) < 0.001);
  });

  it('keeps years and interval within 0 to 100, the ends in order', () => {
    // A certain year's own interval is 0.8 years wide.
    const wide = { ...reading, interval: { ...reading.interval, margin: 25 } };
    const { low, high } = readAge(certain(1), wide, MODEL);
    assert.equal(low, 0);
    assert.ok(Math.abs(high - 21.4) < 1e-9);
    assert.equal(readAge(certain(100), wide, MODEL).high, 100);
    assert.equal(readAge(certain(0), reading, MODEL).years, 0);
    const { low: from, high: to } = intervalOf(certain(30), { lower: 0.1, upper: 0.9, margin: -3 });
    assert.ok(Math.abs(from - 30) < 1e-9 && Math.abs(to - 30) < 1e-9);
  });

  it('spreads groups over the years that are frequent in them', () => {
    const groups = [0, 0, 0, 0, 0, 0, 0, 1];
    assert.ok(Math.abs(estimateOf(toYears(groups, { output: 'groups' }), 'expectation') - 78.5) < 1e-9);
    const ages = ageFrequencies([65, 65, 66, 67, 68]);
    const years = estimateOf(toYears(groups, { output: 'groups', ages }), 'expectation');
    assert.ok(years > 65 && years < 71, `${years}`);
    const mixed = [0.1, 0.05, 0.05, 0.2, 0.3, 0.1, 0.1, 0.1];
    for (const [group, share] of toGroups(toYears(mixed, { output: 'groups', ages })).entries()) {
      assert.ok(Math.abs(share - (mixed[group] ?? 0)) < 1e-9);
    }
    assert.equal(readAge(mixed, { ...reading, output: 'groups', ages }, MODEL).group, '(25, 32)');
  });

  it('refuses probabilities of another length', () => {
    assert.throws(
      () => readAge([1, 0], reading, MODEL),
      /Expected probabilities of 101 years but received 2/,
    );
    assert.throws(
      () => readAge(certain(1), { ...reading, output: 'groups' }, MODEL),
      /Expected probabilities of 8 groups but received 101/,
    );
  });
});

describe('Calibration of intervals', () => {
  it('takes the rank that leaves one in five outside', () => {
    // Labels 0 to 9 years above a certain 30: outside by 0 − 0.4 − 0.5 … 9 − 0.4 − 0.5 years,
    // in widths of 0.8 years; ⌈11 · 0.8⌉ is 9.
    const faces = Array.from({ length: 10 }, (_, more) => ({ years: certain(30), age: 30 + more }));
    const { margin, ...rest } = conformalInterval(faces);
    assert.ok(Math.abs(margin - (8 - 0.4 - 0.5) / 0.8) < 1e-9, `margin ${margin}`);
    assert.deepEqual(rest, { lower: 0.1, upper: 0.9, faces: 10 });
  });

  it('takes the worst of too few faces', () => {
    const { margin } = conformalInterval([{ years: certain(30), age: 40 }]);
    assert.ok(Math.abs(margin - 9.1 / 0.8) < 1e-9);
  });

  for (const [what, claimed] of [
    ['too sure', 3],
    ['too careful', 15],
  ] as const) {
    it(`makes the intervals of a network that is ${what} hold four times in five on other faces`, () => {
      const random = seeded(claimed);
      const sample = (count: number) =>
        Array.from({ length: count }, () => {
          const age = Math.floor(15 + 70 * random());
          return { age, probabilities: distributionAround(age + 7 * normal(random), claimed) };
        });
      const reading = calibrateReading(sample(1000), 'years');
      assert.equal(Math.sign(reading.interval.margin), claimed === 3 ? 1 : -1);
      const { covered = 0 } = measureFaces(
        sample(2000).map(({ age, probabilities }, index) => ({
          face: String(index),
          age,
          said: { age: readAge(probabilities, reading, MODEL) },
        })),
      );
      assert.ok(covered > 0.77 && covered < 0.83, `covered ${covered}`);
    });
  }

  it('makes them hold for children, adults and the elderly alike, who are estimated not equally well', () => {
    const random = seeded(5);
    // The elderly look younger than they are, adults are hard to tell, children easy.
    const errorOf = (age: number) =>
      age < 13 ? normal(random) : age < 60 ? 6 * normal(random) : 7 * normal(random) - 4;
    const sample = (count: number) =>
      Array.from({ length: count }, () => {
        const age = Math.floor(90 * random());
        return { age, probabilities: distributionAround(Math.max(0, age + errorOf(age)), 5) };
      });
    const reading = calibrateReading(sample(4000), 'years');
    assert.deepEqual(
      reading.interval.bands?.map(({ from }) => from),
      [0, 13, 60],
    );
    for (const [from, below] of [
      [0, 13],
      [13, 60],
      [60, 90],
    ] as const) {
      const faces = sample(8000).filter(({ age }) => age >= from && age < below);
      const { covered = 0 } = measureFaces(
        faces.map(({ age, probabilities }, index) => ({
          face: String(index),
          age,
          said: { age: readAge(probabilities, reading, MODEL) },
        })),
      );
      // Whole years let the intervals of children, a few years wide, hold a little more often.
      assert.ok(covered > 0.76 && covered < 0.85, `from ${from}: covered ${covered}`);
    }
  });

  it('chooses the estimate that is nearer to the labels', () => {
    const skewed = certain(20).map((value, year) => 0.75 * value + 0.25 * Number(year === 80));
    const at = (age: number) => Array.from({ length: 5 }, () => ({ age, probabilities: skewed }));
    assert.equal(calibrateReading(at(20), 'years').estimate, 'median');
    assert.equal(calibrateReading(at(35), 'years').estimate, 'expectation');
  });

  it('refuses to learn from nothing', () => {
    assert.throws(() => calibrateReading([], 'years'), /Expected validation faces with an age/);
  });
});
