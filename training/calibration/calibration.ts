import { sum } from 'd3-array';
import type { CalibratedEstimate } from '../../attributes/age/calibration.ts';
import { groupOf } from '../../attributes/age/group.ts';
import { AGE_GROUPS } from '../../attributes/age/result.ts';

export interface MeasuredFace {
  /** The network's estimate, in years. */
  readonly estimate: number;
  /** The labelled age. */
  readonly age: number;
}

const OLDEST = 100;
/** Faces whose estimates lie this near count for an estimate (standard deviation of a Gaussian, in years) … */
const BANDWIDTH = 1.5;
/** … or as far away as it takes to have this many. */
const FACES = 100;

/**
 * Nadaraya-Watson regression of the labelled age on the estimate, with the quantiles and the age groups of
 * the same weighted faces: one row for each estimate from 0 to 100 years. Means and quantiles are kept from
 * falling where there are few faces.
 */
export function calibrate(faces: readonly MeasuredFace[]): CalibratedEstimate[] {
  if (faces.length < FACES) {
    throw new Error(`Expected at least ${FACES} labelled faces but received ${faces.length}.`);
  }
  const byAge = [...faces].sort((one, other) => one.age - other.age);
  const rows: CalibratedEstimate[] = [];
  for (let estimate = 0; estimate <= OLDEST; estimate++) {
    const weights = weigh(byAge, estimate);
    const before = rows.at(-1) ?? { years: 0, low: 0, high: 0 };
    const groups = AGE_GROUPS.map(() => 0);
    let years = 0;
    for (const [index, { age }] of byAge.entries()) {
      const weight = weights[index] ?? 0;
      years += weight * age;
      groups[groupOf(age)] = (groups[groupOf(age)] ?? 0) + weight;
    }
    rows.push({
      years: round(Math.max(before.years, years), 2),
      low: round(Math.max(before.low, quantile(byAge, weights, 0.1)), 2),
      high: round(Math.max(before.high, quantile(byAge, weights, 0.9)), 2),
      groups: groups.map((share) => round(share, 4)),
    });
  }
  return rows;
}

function weigh(faces: readonly MeasuredFace[], estimate: number): number[] {
  for (let bandwidth = BANDWIDTH; ; bandwidth *= 1.5) {
    const weights = faces.map((face) => Math.exp(-(((face.estimate - estimate) / bandwidth) ** 2) / 2));
    const total = sum(weights);
    if (total >= FACES / 2) return weights.map((weight) => weight / total);
  }
}

/** Ages are whole years: half a year on each side belongs to the same label, so the quantile falls in between. */
function quantile(byAge: readonly MeasuredFace[], weights: readonly number[], share: number): number {
  let below = 0;
  for (let index = 0; index < byAge.length; ) {
    const age = byAge[index]?.age ?? 0;
    let same = 0;
    for (; byAge[index]?.age === age; index++) same += weights[index] ?? 0;
    if (below + same >= share) return Math.max(0, age - 0.5 + (share - below) / same);
    below += same;
  }
  return byAge.at(-1)?.age ?? 0;
}

const round = (value: number, digits: number) => Number(value.toFixed(digits));
