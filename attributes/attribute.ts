import type * as z from 'zod';
import type { ModelInfo } from '../vision/engine.ts';
import type { AttributeEvaluation } from './evaluation.ts';
import type { AttributeLabel } from './label.ts';
import type { AttributeLearning } from './learning.ts';
import type { Reading } from './reading.ts';

/**
 * What an attribute must say of itself: everything that facedrop knows of ages lies in `attributes/age`, of genders in
 * `attributes/gender`, and so on. All else goes over the list (`attributes/list.ts`) and names no attribute.
 *
 * Functions are written as methods here, so that each attribute may type its own labels and cards.
 */
export interface Attribute {
  /** In items, cards, requests, commands and reports. */
  readonly name: string;
  /** Set where it is estimated only if the deployment asks for it by its name: laws restrict what it may be used for, or few need it. */
  readonly optIn?: true;
  /** What whoever asks for it ought to read first. */
  readonly caution?: string;
  /** What it adds to a face, field by field. */
  readonly fields: z.ZodRawShape;
  /** What a person may say that it is, under the attribute's name. */
  readonly correction: z.ZodType;
  /** The ways in which a model's card may say how the network's output is read; `output` tells them apart. */
  readonly readings: readonly Readonly<Record<string, z.ZodType>>[];
  /**
   * Makes of what a network says of a face what the item says.
   * @param output of the network, averaged over the views of the face
   * @param reading of the model's card
   * @returns a value for each of `fields`
   * @throws Error when the output is not as the reading expects it
   */
  read(output: readonly number[], reading: Reading, model: ModelInfo): Part;
  /** Where it is made of more than what a network of its own says. It is estimated even where there is no such network. */
  readonly blend?: Blend;
  /** What a data set's labels say of it. */
  readonly label: AttributeLabel;
  /** How networks learn it. */
  readonly learning: AttributeLearning;
  /** How good they are at it. */
  readonly evaluation: AttributeEvaluation;
  /** What clients of the API get and send, where that is not just `fields` and `correction`. */
  readonly answer?: Answer;
}

/** What trainings, models and reports know of an attribute: all but how data sets and clients write it. */
export type LearnedAttribute = Omit<
  Attribute,
  'optIn' | 'caution' | 'correction' | 'blend' | 'label' | 'answer'
>;

/** Makes an attribute of what is known of a face. */
export interface Blend {
  /** Other attributes, which networks of the model layer are asked for beside it. */
  readonly of: readonly string[];
  /** Set where it is also made of whom of the gallery a face is most like. */
  readonly likeness?: true;
  /**
   * @param known what detect found, what networks say of the attribute itself and of the others, the `likeness` where there
   * is a gallery, and settings
   * @returns a value for each of the attribute's `fields`
   */
  mix(known: Part): Part;
}

/** Whom of the gallery a face is most like. */
export interface Likeness {
  readonly name: string;
  /** That it is the same person, would half of all faces be. */
  readonly probability: number;
}

/** An attribute in the API. Schemas are named there by their `id` among their metadata. */
export interface Answer {
  /** Those of `fields` that clients may get shorter or longer. */
  readonly fields?: z.ZodRawShape;
  /** Probabilities that a client may leave out. */
  readonly probabilities?: {
    /** "all age groups" */
    readonly of: string;
    /** @returns the fields of the part that change */
    leaveOut(part: Part): Part;
  };
  /** What the answer to a prediction says of the largest face, beside the list of all. */
  readonly shortcut?: z.ZodRawShape;
  /** @returns a value for each of `shortcut` */
  shorten?(part: Part): Part;
  readonly correction?: {
    /** As the attribute's, with a description for clients. */
    readonly schema?: z.ZodType;
    /** "a number from 0 to 120" */
    readonly expected?: string;
  };
}

/** What one attribute adds to a face. */
export type Part = Readonly<Record<string, unknown>>;
