import type { Label } from './label.ts';
import type { Reading } from './reading.ts';

/**
 * How an attribute is learned: what a network is to say of a labelled face, and how its answer is judged while it learns.
 *
 * Functions are methods, so that each attribute may type its own labels.
 */
export interface AttributeLearning {
  /** The outputs that it can be learned as, the usual one first: a network gives a probability for each unit of one. */
  readonly outputs: readonly string[];
  /** How many units an output has. */
  units(output: string): number;
  /** Whether a label says what is to be learned. */
  isLabelled(label: Label): boolean;
  /** The probabilities that a network is to give; they sum to 1. */
  target(label: Label, output: string, options: TargetOptions): Float32Array;

  /** The classes that faces are sorted into, in order. */
  readonly classes: readonly string[];
  /** In words, of one and of several: "group", "age groups". */
  readonly wording: { readonly one: string; readonly several: string };
  /** Whether a class has neighbours, so that an answer may be off by one. */
  readonly ordered: boolean;
  /** Index into `classes` of what a label says. */
  classOf(label: Label): number;
  /** Faces of the same one are seen as often as those of others where a training is balanced. */
  samplingClassOf(label: Label): number;
  /** Judges an answer to a validation face. */
  judge(probabilities: readonly number[], label: Label, output: string): Judgement;

  /** How an output is to be read, where validation faces have something to say about it. */
  readonly calibration?: AttributeCalibration;
}

export interface TargetOptions {
  /** σ of the Gaussian around a labelled number, in its unit; 0 is one-hot. */
  readonly labelDeviation: number;
}

export interface Judgement {
  /** By how many classes it is off; infinity where classes have no order and it is another one. */
  readonly off: number;
  /** For a number: how far it is off, in its unit. */
  readonly error?: number;
}

export interface AttributeCalibration {
  /** Whether a label is exact enough to learn it from. Others have to do where there is nothing else. */
  isExact(label: Label): boolean;
  /**
   * @param answers what a network says of validation faces
   * @param labels of the faces that the network learned from
   * @throws Error without answers
   */
  calibrate(answers: readonly LabelledAnswer[], output: string, labels: readonly Label[]): Reading;
  /** The reading, in sentences. */
  describe(reading: Reading): string;
}

export interface LabelledAnswer {
  readonly label: Label;
  readonly probabilities: readonly number[];
}
