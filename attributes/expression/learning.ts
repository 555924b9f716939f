import { sum } from 'd3-array';
import { classLearning } from '../class-learning.ts';
import type { AttributeLearning, LabelledAnswer } from '../learning.ts';
import type { ExpressionLabel } from './label.ts';
import { type ExpressionReading, temper } from './reading.ts';
import { EXPRESSIONS } from './result.ts';

const classes = classLearning({
  name: 'expression',
  plural: 'expressions',
  classes: EXPRESSIONS,
  labelOf: ({ expression }: ExpressionLabel) => expression,
});

/** Keeps the logarithm finite where a network rules out what people saw. */
const LEAST = 1e-4;
/** Temperatures that are tried. */
const TEMPERATURES = Array.from({ length: 76 }, (_, index) => Math.round(100 * 0.4 * 1.03 ** index) / 100);

/**
 * Where several people looked at a face, their votes are what is learned (Barsoum et al., "Training Deep Networks for
 * Facial Expression Recognition with Crowd-Sourced Label Distribution", ICMI 2016): a face may well show two expressions.
 */
export const expressionLearning = {
  ...classes,
  target(label: ExpressionLabel) {
    const { expressionVotes } = label;
    if (!expressionVotes) return classes.target(label);
    const voters = sum(expressionVotes);
    return Float32Array.from(expressionVotes, (each) => each / voters);
  },
  calibration: {
    isExact: () => true,
    /** The temperature at which the labels of the faces are likeliest. */
    calibrate(answers: readonly (LabelledAnswer & { readonly label: ExpressionLabel })[]): ExpressionReading {
      if (answers.length === 0) {
        throw new Error('Expected labelled validation faces to calibrate expressions on but there are none.');
      }
      const surprise = (temperature: number) =>
        answers.reduce((sum, { label, probabilities }) => {
          const probability = temper(probabilities, temperature)[classes.classOf(label)] ?? 0;
          return sum - Math.log(Math.max(LEAST, probability));
        }, 0);
      const surprises = TEMPERATURES.map(surprise);
      const temperature = TEMPERATURES[surprises.indexOf(Math.min(...surprises))] ?? 1;
      return { output: 'expression', temperature };
    },
    describe: ({ temperature = 1 }: ExpressionReading) =>
      `Probabilities are those of the network at a temperature of ${temperature}, as validation faces showed.`,
  },
} as const satisfies AttributeLearning;
