import type * as z from 'zod';

/**
 * What a data set's label says of an attribute. A label is one flat object; each attribute has fields of its own in it.
 *
 * Functions are methods, so that each attribute may type its own fields.
 */
export interface AttributeLabel {
  /** The fields, each optional. The first is named like the attribute. */
  readonly fields: z.ZodRawShape;
  /** What a cell of labels.csv must hold, for messages: "an age in years". */
  readonly expected: string;
  /** What may be wrong with a value that was understood, by kind, in words for a list: "ages out of range". */
  readonly problems: Readonly<Record<string, string>>;
  /**
   * Reads a cell of labels.csv.
   * @returns undefined when it is not understood
   */
  parse(text: string): Label | undefined;
  /** The label's cell in labels.csv; undefined when it says nothing of the attribute. */
  format(label: Label): string | number | undefined;
  /** Where several people may have looked at a face: how many chose what, in columns of labels.csv of their own. */
  readonly votes?: VoteColumns;
  /** What a person's correction says, as a label. */
  correct(correction: unknown): Label;
  /** What is wrong with a value that can't be; undefined when nothing is. */
  complain(label: Label): Complaint | undefined;
  /** In a few characters, for messages; undefined when it says nothing of the attribute. */
  describe(label: Label): string | undefined;
  /** Says so when labels leave nothing to learn, because all say the same. */
  findOneClass(labels: readonly Label[]): string | undefined;
}

/** Functions are methods, so that each attribute may type its own fields. */
export interface VoteColumns {
  readonly columns: readonly string[];
  /** What the columns must hold, for messages: "numbers of votes from 0". */
  readonly expected: string;
  /**
   * @param cells of the columns, in their order; each may be empty
   * @returns undefined when they are not understood
   */
  parse(cells: readonly string[]): Label | undefined;
  /** What all chose together who looked at the same picture; undefined unless both labels are votes. */
  add(one: Label, other: Label): Label | undefined;
  /** The cells, in the order of the columns. */
  format(label: Label): readonly (number | undefined)[];
}

/** Any label, also of a face with more than a label. */
export type Label = Readonly<Record<string, unknown>>;

export interface Complaint {
  /** One of the attribute's `problems`. */
  readonly kind: string;
  /** "117; expected 0 to 116" */
  readonly reason: string;
}
