import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';
import { YEARS } from '../../attributes/age/distribution.ts';
import { groupOf } from '../../attributes/age/group.ts';
import { AGE_GROUPS } from '../../attributes/age/result.ts';
import type { JudgedFace } from '../../training/evaluation/answer.ts';

/** Labels and answers whose errors are known, the same each time. */

export type Random = () => number;

/** From 0 to 1. */
export function seeded(seed: number): Random {
  const generator = xoroshiro128plus(seed);
  return () => uniformFloat64(generator);
}

/** Standard normal, by Box and Muller's transformation. */
export const normal = (random: Random): number =>
  Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());

/** A Gaussian over the years 0 to 100. */
export function distributionAround(years: number, deviation: number): number[] {
  const weights = Array.from({ length: YEARS }, (_, year) =>
    Math.exp(-(((year - years) / deviation) ** 2) / 2),
  );
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  return weights.map((weight) => weight / total);
}

/** An answer to an age: an interval of five years on both sides. */
export const saysAge = (years: number) => ({
  age: {
    years,
    low: Math.max(0, years - 5),
    high: years + 5,
    group: AGE_GROUPS[groupOf(years)] ?? AGE_GROUPS[0],
  },
});

/** An answer to a gender. */
export const saysGender = (gender: 'M' | 'F', confidence = 0.9) => ({ gender: { gender, confidence } });

/** Faces from 0 to 90 years, of either gender, with a column "light". */
export function labelledFaces(count: number, seed = 1): JudgedFace[] {
  const random = seeded(seed);
  return Array.from({ length: count }, (_, index) => ({
    face: `face-${index}.jpg`,
    age: Math.floor(91 * random()),
    gender: random() < 0.5 ? ('F' as const) : ('M' as const),
    groups: { light: random() < 0.7 ? 'day' : 'night' },
  }));
}

/** Answers whose errors are normal, with the deviation that `deviationOf` gives each face. */
export function withAges(
  faces: readonly JudgedFace[],
  deviationOf: (face: JudgedFace) => number,
  seed: number,
): JudgedFace[] {
  const random = seeded(seed);
  return faces.map((face) => {
    const years = Math.min(100, Math.max(0, (face.age ?? 0) + deviationOf(face) * normal(random)));
    return { ...face, said: saysAge(years) };
  });
}

/** Answers of which a share is right. */
export function withGenders(
  faces: readonly JudgedFace[],
  rightOf: (face: JudgedFace) => number,
  seed: number,
): JudgedFace[] {
  const random = seeded(seed);
  return faces.map((face) => {
    const right = random() < rightOf(face);
    const gender = (face.gender === 'F') === right ? 'F' : 'M';
    return { ...face, said: saysGender(gender, 0.5 + 0.5 * random()) };
  });
}
