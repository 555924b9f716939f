import assert from 'node:assert/strict';
import { it } from 'node:test';
import { fitProbability } from '../../../training/evaluation/likeness.ts';

it('fits the probability that two faces are of one person to the distances of pairs, both kinds counting half', () => {
  // As many of both at 0.5; from there on the odds follow the distance.
  const distances = Array.from({ length: 101 }, (_, index) => index / 100);
  const weighed = (times: (chance: number) => number) =>
    distances.flatMap((apart) =>
      Array<number>(Math.round(times(1 / (1 + Math.exp(12 * (apart - 0.5)))))).fill(apart),
    );
  const same = weighed((chance) => 100 * chance);
  const other = weighed((chance) => 3000 * (1 - chance));
  const { even, slope } = fitProbability(same, other);
  assert.ok(Math.abs(even - 0.5) < 0.01, `${even}`);
  assert.ok(Math.abs(slope - 12) < 0.5, `${slope}`);
});

it('ends where a limit parts all pairs', () => {
  const { even, slope } = fitProbability([0.1, 0.2, 0.3], [0.5, 0.6, 0.7]);
  assert.ok(even > 0.3 && even < 0.5, `${even}`);
  assert.ok(Number.isFinite(slope) && slope > 20, `${slope}`);
});
