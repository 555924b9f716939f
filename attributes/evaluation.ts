import type * as z from 'zod';
import type { Label } from './label.ts';

/**
 * How good models are at an attribute: what is measured, compared, reported and drawn.
 *
 * Functions are methods, so that each attribute may type its own labels and answers.
 */
export interface AttributeEvaluation {
  /** What is looked at of an answer, which lies under the attribute's name in `AnsweredFace.said`. */
  readonly answer: z.ZodType;
  /** The attribute in words, of several faces: "ages". */
  readonly plural: string;

  /** What is measured, by name; each is absent when nothing is known of it. */
  readonly measures: z.ZodRawShape;
  /** A face without an answer is an error wherever that is said of shares; means are of the faces that have one. */
  measure(faces: readonly AnsweredFace[]): Readonly<Record<string, number | undefined>>;
  /** The measures in words, the foremost first. */
  readonly figures: readonly Figure[];
  /** Notes on the figures, for a training's report and for tables that compare analysts. */
  readonly notes: { readonly report?: string; readonly tables?: readonly string[] };

  /** What models are compared by: the first one that is known of enough faces. Each is also a figure. */
  readonly statistics: readonly Statistic[];

  /** The classes of labels and answers, as confusion matrices list them. */
  readonly classes: readonly string[];
  /** One of `classes`. */
  labelledClass(face: AnsweredFace): string | undefined;
  saidClass(face: AnsweredFace): string | undefined;

  /** The parts that faces are divided into by their labels, in words that say what they are of: "elderly, 60 and older". */
  readonly groups: readonly string[];
  groupOf(face: AnsweredFace): string | undefined;

  /** How wrong an answer is, to find the worst errors; 0 when it is right, or nothing is known. */
  wrongness(face: AnsweredFace): number;
  /** Answer and label: "F 97 %, labelled M". */
  describe(face: AnsweredFace): string;

  /** What is drawn of it. */
  readonly drawing: NumberDrawing | ClassesDrawing;
}

/** What is known of a face, and what a model says of it; the latter is absent where no face was found. */
export type AnsweredFace = Label & { readonly said?: Readonly<Record<string, unknown>> | undefined };

/** A measure in words. */
export interface Figure {
  readonly name: string;
  readonly title: string;
  /** For narrow columns; absent where they leave it out. */
  readonly short?: string;
  /** In tables that compare analysts. */
  readonly column: string;
  /** Over a chart that compares analysts; absent where there is none. */
  readonly chart?: string;
  /** Only where it is about the faces that have an answer: its name in a sentence. In all others no answer is an error. */
  readonly ofAnswered?: string;
  /** "%" for shares, else what it is counted in: "years". */
  readonly unit: string;
  /** Whether more of it is better. */
  readonly more: boolean;
}

/** A figure that models are compared by, face by face. */
export interface Statistic extends Figure {
  readonly chart: string;
  /** Which margin says by how much a group of people may be worse off. */
  readonly margin: 'years' | 'share';
  /** What the margin is multiplied by: of a number that is not in years, the width of its range. */
  readonly scale?: number;
  /** Its value for one face; undefined without a label or an answer that says something about it. */
  of(face: AnsweredFace): number | undefined;
}

/** A number: errors and bias by ranges of what was labelled. */
export interface NumberDrawing {
  readonly kind: 'number';
  /** "years", and one of them: "a year". */
  readonly unit: string;
  readonly oneUnit: string;
  /** Axis of what was labelled: "labelled age". */
  readonly labelled: string;
  /** What an error above 0 is: "taken for older", and of what is labelled. */
  readonly above: string;
  readonly aboveSentence: string;
  /** Where the first range begins: a multiple of the steps lies between it and each of the others. */
  readonly least: number;
  /** Width of the ranges that errors are reported for, and that a data set's faces are counted in. */
  readonly step: number;
  readonly countStep: number;
  /** What is labelled; the middle of a range of numbers. */
  valueOf(label: Label): number | undefined;
  /** What was said. */
  saidOf(face: AnsweredFace): number | undefined;
  /** Answer less label; undefined where a label names a range only. */
  errorOf(face: AnsweredFace): number | undefined;
}

/** Classes: how often an answer is right by how sure it is. */
export interface ClassesDrawing {
  readonly kind: 'classes';
  /** Words for what is labelled, by class; those for nothing have no name, as a class may have any. */
  readonly titles: Readonly<Record<string, string>>;
  /** The class that is labelled. */
  valueOf(label: Label): string | undefined;
  certaintyOf(face: AnsweredFace): Certainty | undefined;
}

export interface Certainty {
  readonly right: boolean;
  /** 0 to 1. */
  readonly confidence: number;
}
