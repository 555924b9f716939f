import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { formatBenchmark } from '../../../cli/benchmark-table.ts';
import type { JudgedFace } from '../../../training/evaluation/answer.ts';
import { type Answers, type Benchmark, summarise } from '../../../training/evaluation/benchmark.ts';
import { renderBenchmark } from '../../../training/report/benchmark-page.ts';
import { saysAge } from '../synthetic.ts';

/** Faces of 20 to 59 years, told so many years too old. */
const faces = (off: number): JudgedFace[] =>
  Array.from({ length: 40 }, (_, index) => ({
    face: `${index}.jpg`,
    age: 20 + index,
    said: saysAge(20 + index + off),
  }));

const ranges: JudgedFace[] = [
  { face: 'range.jpg', age: 24.5, ageRange: { low: 20, high: 29 }, said: saysAge(31) },
];

const answers = (name: string, off: number): Answers => ({
  name,
  folders: [
    { name: 'years', faces: faces(off) },
    { name: 'ranges', faces: ranges },
  ],
  cpu: [1],
  failures: 0,
});

const benchmark: Benchmark = {
  createdAt: '2026-01-01T12:00:00.000Z',
  part: 'all',
  folders: [
    { name: 'years', photos: 40 },
    { name: 'ranges', photos: 1 },
  ],
  analysts: summarise([answers('ours', 2), answers('theirs', -5)]),
};

describe('summarise', () => {
  const [ours, theirs] = benchmark.analysts;

  it('compares the first with each other one, folder by folder', () => {
    assert.equal(ours?.comparisons, undefined);
    const years = theirs?.comparisons?.filter(({ statistic }) => statistic === 'meanAbsoluteError');
    assert.deepEqual(
      years?.map(({ scope, difference: { mean, low, high, faces } }) => [scope, mean, low, high, faces]),
      [
        ['all together', -3, -3, -3, 40],
        ['years', -3, -3, -3, 40],
      ],
    );
  });

  it('reports the bias of each folder by what is labelled', () => {
    const [, scope] = ours?.scopes ?? [];
    assert.deepEqual(
      scope?.errors[0]?.ranges.map(({ from, faces, bias }) => [from, faces, bias]),
      [20, 30, 40, 50].map((from) => [from, 10, 2]),
    );
  });

  it('keeps ages and looks apart, and names narrow ranges as they are', () => {
    const rated = faces(2).map((face, index) => ({
      ...face,
      looks: 1.6 + (index % 2),
      said: { ...face.said, looks: { score: 40, parts: { learned: 40 } } },
    }));
    const [told] = summarise([
      { name: 'ours', folders: [{ name: 'f', faces: rated }], cpu: [1], failures: 0 },
    ]);
    const { overall } = told?.scopes[0] ?? {};
    assert.equal(overall?.meanAbsoluteError, 2);
    assert.ok(Math.abs((overall?.looksError ?? 0) - 0.5) < 1e-9, `${overall?.looksError}`);
    const text = formatBenchmark({ ...benchmark, analysts: told ? [told] : [] });
    assert.match(text, /^1\.4 to 1\.8 +20 +\+1\.0/m);
    assert.match(text, /^20 to 29 +10 /m);
  });

  it('prints and draws both, and only figures that are known', () => {
    const text = formatBenchmark(benchmark);
    assert.match(text, /^years: bias by labelled age, in years/m);
    assert.match(text, /^20 to 29 +10 +\+2\.0 \(2\.0\) +10 +−5\.0 \(5\.0\)$/m);
    assert.match(text, /^years: ours minus the others$/m);
    assert.match(text, /^years off, years +theirs +−3\.00 +−3\.00 to −3\.00 +< 0\.001 +40$/m);
    const [, heading = ''] = /^ranges\n(.+)$/m.exec(text) ?? [];
    assert.match(heading, /in range %/);
    assert.doesNotMatch(heading, /years off|gender/);
    const page = renderBenchmark(benchmark);
    assert.match(page, /years: bias by labelled age/);
    assert.match(page, /years: ours minus the others/);
  });
});
