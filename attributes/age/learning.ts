import { addGaussian, normalised } from '../distribution.ts';
import type { AttributeLearning, Judgement, LabelledAnswer, TargetOptions } from '../learning.ts';
import { estimateOf, toGroups, YEARS } from './distribution.ts';
import { groupOf } from './group.ts';
import { ageFrequencies, calibrateReading } from './intervals.ts';
import type { AgeLabel } from './label.ts';
import type { AgeCardReading, IntervalCalibration } from './reading.ts';
import { AGE_GROUPS } from './result.ts';

/** A distribution over the years 0 to 100, or over the benchmark's groups. */
const OUTPUTS = ['years', 'groups'] as const;
type Output = (typeof OUTPUTS)[number];
const UNITS: Readonly<Record<Output, number>> = { years: YEARS, groups: AGE_GROUPS.length };

const classOf = ({ age }: AgeLabel) => groupOf(age ?? 0);

export const ageLearning = {
  outputs: OUTPUTS,
  units: (output: Output) => UNITS[output],
  isLabelled: ({ age }: AgeLabel) => age !== undefined,
  /**
   * One-hot for groups; for years a Gaussian around the labelled age (Geng, "Label Distribution Learning", 2016), or
   * around all ages of a range.
   */
  target(label: AgeLabel, output: Output, { labelDeviation }: TargetOptions) {
    const target = new Float32Array(UNITS[output]);
    if (output === 'groups') {
      target[classOf(label)] = 1;
      return target;
    }
    const { low, high } = label.ageRange ?? { low: label.age ?? 0, high: label.age ?? 0 };
    for (let age = low; age <= high; age++) addGaussian(target, Math.min(age, YEARS - 1), labelDeviation);
    return normalised(target);
  },
  classes: AGE_GROUPS,
  wording: { one: 'group', several: 'age groups' },
  ordered: true,
  classOf,
  samplingClassOf: ({ age }: AgeLabel) => Math.round(age ?? 0),
  judge(probabilities: readonly number[], label: AgeLabel, output: Output): Judgement {
    const groups = output === 'years' ? toGroups(probabilities) : probabilities;
    const off = Math.abs(groups.indexOf(Math.max(...groups)) - classOf(label));
    if (output === 'groups') return { off };
    return { off, error: Math.abs(estimateOf(probabilities, 'median') - (label.age ?? 0)) };
  },
  calibration: {
    /** A range of ages says little about single years. */
    isExact: ({ ageRange }: AgeLabel) => !ageRange,
    calibrate: (
      answers: readonly (LabelledAnswer & { readonly label: AgeLabel })[],
      output: Output,
      labels: readonly AgeLabel[],
    ) =>
      calibrateReading(
        answers.map(({ label: { age = 0 }, probabilities }) => ({ age, probabilities })),
        output,
        ageFrequencies(labels.flatMap(({ age }) => age ?? [])),
      ),
    describe(reading: AgeCardReading) {
      if (reading.output === 'number') return 'Years are the labelled ages of faces with the same estimate.';
      const { estimate, interval } = reading;
      const percent = (share: number) => (100 * share).toFixed(0);
      return `Years are the ${estimate} of the distribution. The 80 % interval goes from its ${percent(interval.lower)} % to its ${percent(interval.upper)} % quantile,
${describeMargins(interval)} of its width on both sides, as ${interval.faces.toLocaleString('en')} validation faces showed.`;
    },
  },
} as const satisfies AttributeLearning;

/** "widened by 49 % (ages from 60)", and so on: each age band has a margin of its own where there are bands. */
function describeMargins({ margin, bands = [{ from: 0, margin }] }: IntervalCalibration): string {
  const parts = bands.map(({ from, margin }) => {
    const change = `${margin < 0 ? 'narrowed' : 'widened'} by ${(100 * Math.abs(margin)).toFixed(0)} %`;
    return bands.length > 1 ? `${change} (ages from ${from})` : change;
  });
  return parts.join(', ');
}
