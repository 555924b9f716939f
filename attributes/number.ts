import * as z from 'zod';
import { rankCorrelation } from '../support/correlation.ts';
import {
  addGaussian,
  conformalQuantile,
  intervalBetween,
  normalised,
  outsideness,
  QUANTILES,
  quantileOf,
} from './distribution.ts';
import type { AnsweredFace, Statistic } from './evaluation.ts';
import { averageOf, known } from './faces.ts';
import type { Label } from './label.ts';
import type { Judgement, LabelledAnswer, TargetOptions } from './learning.ts';

/** What attributes have in common that are a number within a range. */

/** Probabilities that the range is divided into: from its least number to its largest. */
const STEPS = 41;
/** Parts of the range that reports sort faces into. */
const PARTS = 5;

const share = z.number().min(0).max(1);

/** How a number is read off a distribution over the range, in its steps. */
export const numberReading = {
  output: z.literal('number'),
  interval: z
    .object({
      lower: share,
      upper: share,
      /** How far the interval reaches beyond the quantiles on both sides, as a share of what lies between them. */
      margin: z.number().min(-100).max(100),
      /** Validation faces that the margin was learned from. */
      faces: z.int().min(0),
    })
    .refine(({ lower, upper }) => lower < upper, 'a lower quantile below the upper one'),
};
export type NumberReading = z.infer<z.ZodObject<typeof numberReading>>;

export const numberMeasures = {
  meanAbsoluteError: z.number().min(0).optional(),
  /** Spearman's, of what is labelled and what is said. */
  rankCorrelation: z.number().min(-1).max(1).optional(),
  /** Share whose label lies in the 80 % interval. */
  covered: share.optional(),
};

/** The usual names of its measures. */
const MEASURES = { error: 'meanAbsoluteError', ranks: 'rankCorrelation', covered: 'covered' } as const;

export interface NumberOptions<Name extends string> {
  readonly name: Name;
  readonly range: readonly [low: number, high: number];
  /** What its measures are called, where the usual names are another attribute's. */
  readonly measures?: Readonly<Record<keyof typeof MEASURES, string>>;
  /** What a label says. */
  labelOf(label: Label): number | undefined;
  /** What is said of a face; with the 80 % interval where there is one. */
  saidOf(said: Readonly<Record<string, unknown>> | undefined): Said | undefined;
}

interface Said {
  readonly value: number;
  readonly low?: number;
  readonly high?: number;
}

/** Makes all that is learned and judged of a number. */
export function numberAttribute<const Name extends string>({
  name,
  range: [low, high],
  measures: names = MEASURES,
  labelOf,
  saidOf: read,
}: NumberOptions<Name>) {
  const span = high - low;
  const digits = Math.min(6, Math.max(0, 3 - Math.ceil(Math.log10(span))));
  const round = (value: number) => Number(value.toFixed(digits));
  const stepOf = (value: number) => ((value - low) / span) * (STEPS - 1);
  const numberAt = (step: number) => low + (Math.min(Math.max(0, step), STEPS - 1) / (STEPS - 1)) * span;
  const partOf = (value: number) => Math.min(PARTS - 1, Math.floor(((value - low) / span) * PARTS));
  const border = (part: number) => String(round(low + (part * span) / PARTS));
  const classes = Array.from({ length: PARTS }, (_, part) => `${border(part)} to ${border(part + 1)}`);

  const saidOf = ({ said }: AnsweredFace) => read(said);
  /** What is labelled, and what is said; undefined where one of the two is missing. */
  const pairOf = (face: AnsweredFace) => {
    const [label, answer] = [labelOf(face), saidOf(face)];
    return label === undefined || answer === undefined ? undefined : { label, answer };
  };
  const errorOf = (face: AnsweredFace) => {
    const pair = pairOf(face);
    return pair && pair.answer.value - pair.label;
  };
  const offBy = (face: AnsweredFace) => {
    const error = errorOf(face);
    return error === undefined ? undefined : Math.abs(error);
  };
  const isCovered = (face: AnsweredFace) => {
    const pair = pairOf(face);
    if (pair?.answer.low === undefined || pair.answer.high === undefined) return undefined;
    return pair.label >= pair.answer.low && pair.label <= pair.answer.high;
  };
  const labelledClass = (face: AnsweredFace) => {
    const label = labelOf(face);
    return label === undefined ? undefined : classes[partOf(label)];
  };
  const classOf = (label: Label) => partOf(labelOf(label) ?? low);

  const statistic: Statistic = {
    ...{ name: names.error, title: 'Mean absolute error', short: 'off by', column: `${name} off by` },
    ...{ chart: `Mean absolute error of ${name} (less is better)`, ofAnswered: 'the errors' },
    ...({ unit: '', more: false, margin: 'share', scale: span } as const),
    of: offBy,
  };

  return {
    name,
    readings: [numberReading],
    read(output: readonly number[], { interval }: NumberReading) {
      if (output.length !== STEPS) {
        throw new Error(`Expected probabilities of ${STEPS} steps but received ${output.length}.`);
      }
      const [from, to] = intervalBetween(output, interval);
      const value = round(numberAt(quantileOf(output, 0.5)));
      return {
        value,
        low: Math.min(value, round(numberAt(from))),
        high: Math.max(value, round(numberAt(to))),
      };
    },
    learning: {
      outputs: ['number'],
      units: () => STEPS,
      isLabelled: (label: Label) => labelOf(label) !== undefined,
      /** A Gaussian around the labelled number; its deviation is in steps. */
      target(label: Label, _output: string, { labelDeviation }: TargetOptions) {
        const target = new Float32Array(STEPS);
        addGaussian(target, stepOf(labelOf(label) ?? low), labelDeviation);
        return normalised(target);
      },
      classes,
      wording: { one: 'part of the range', several: 'parts of the range' },
      ordered: true,
      classOf,
      samplingClassOf: classOf,
      judge(probabilities: readonly number[], label: Label): Judgement {
        const value = numberAt(quantileOf(probabilities, 0.5));
        return {
          off: Math.abs(partOf(value) - classOf(label)),
          error: Math.abs(value - (labelOf(label) ?? low)),
        };
      },
      calibration: {
        isExact: () => true,
        /** Conformalised quantile regression, as ages have it (`attributes/age/intervals.ts`), with one margin for all. */
        calibrate(answers: readonly LabelledAnswer[]): NumberReading {
          if (answers.length === 0) {
            throw new Error('Expected validation faces with a number to calibrate on but received none.');
          }
          const outside = answers
            .map(({ label, probabilities }) => outsideness(probabilities, stepOf(labelOf(label) ?? low)))
            .sort((one, other) => one - other);
          const margin = Math.min(100, Math.max(-100, conformalQuantile(outside)));
          return { output: 'number', interval: { ...QUANTILES, margin, faces: answers.length } };
        },
        describe({ interval }: NumberReading) {
          const change = `${interval.margin < 0 ? 'narrowed' : 'widened'} by ${(100 * Math.abs(interval.margin)).toFixed(0)} %`;
          return `Values are the median of the distribution. The 80 % interval goes from its 10 % to its 90 % quantile, ${change} of its width on both sides, as ${interval.faces.toLocaleString('en')} validation faces showed.`;
        },
      },
    },
    evaluation: {
      plural: name,
      measures: numberMeasures,
      measure(faces: readonly AnsweredFace[]) {
        const pairs = known(faces, pairOf);
        const correlation = rankCorrelation(pairs.map(({ label, answer }) => [label, answer.value]));
        return {
          ...averageOf(names.error, known(faces, offBy)),
          ...(correlation !== undefined && { [names.ranks]: correlation }),
          ...averageOf(names.covered, known(faces, isCovered)),
        };
      },
      figures: [
        statistic,
        {
          ...{ name: names.ranks, title: 'Rank correlation', short: 'ranks', column: `${name} ranks` },
          ...{ ofAnswered: 'the rank correlation', unit: '', more: true },
        },
        {
          ...{ name: names.covered, title: 'In the 80 % interval', short: 'covered %', column: 'covered %' },
          ...{ ofAnswered: 'the share within the interval', unit: '%', more: true },
        },
      ],
      notes: {},
      statistics: [statistic],
      classes,
      labelledClass,
      saidClass(face: AnsweredFace) {
        const answer = saidOf(face);
        return answer && classes[partOf(answer.value)];
      },
      groups: classes,
      groupOf: labelledClass,
      wrongness: (face: AnsweredFace) => offBy(face) ?? 0,
      describe(face: AnsweredFace) {
        const { value, low, high } = saidOf(face) ?? {};
        return `${value}${low === undefined ? '' : ` (${low}–${high})`}, labelled ${labelOf(face)}`;
      },
      drawing: {
        kind: 'number',
        unit: name,
        oneUnit: 'one',
        labelled: `labelled ${name}`,
        above: 'estimated too high',
        aboveSentence: 'Above 0, estimates are higher than labels.',
        step: span / 10,
        least: low,
        countStep: span / 20,
        valueOf: labelOf,
        saidOf: (face: AnsweredFace) => saidOf(face)?.value,
        errorOf,
      },
    },
  } as const;
}
