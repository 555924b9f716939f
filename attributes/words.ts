import type { Markup } from '../support/markup.ts';
import type { Part } from './attribute.ts';

/**
 * How attributes are spoken of: in CSV files, in the terminal, on photos and on the page. The page's bundle holds all of it,
 * so nothing here, or in the attributes' `words.ts`, imports schemas or what belongs to servers.
 *
 * Functions are written as methods here, so that each attribute may type the fields that it reads of a face. Where they are
 * missing, as on a photo that is pending, nothing is shown.
 */
export interface Words {
  /** The attribute's. */
  readonly name: string;
  /** As the attribute's. */
  readonly optIn?: true;
  /** What it says of a face, one after another. */
  readonly facts: readonly Fact[];
  /** In the middle of a sentence: "ages". */
  readonly plural: Text;
  /** What readers of the page ought to know of it. */
  readonly note?: Text;
  /** For the label beside a face on a photo. */
  label(face: Part): string | undefined;
  /** Says of whom a box on the page is: "about 34 years". */
  describe(face: Part, language: Language): string;
  readonly correction: CorrectionWords;
}

/** One thing that is shown of a face: its age, its score. */
export interface Fact {
  /** The face's field that holds it. */
  readonly field: string;
  /** Shown after the facts that do not follow from others. */
  readonly consequence?: true;
  /** In the middle of a sentence: "age", "a score". */
  readonly noun: Text;
  /** Columns of the CSV file with their values, which are undefined where there is no face. */
  columns(face: Part): Readonly<Record<string, string | number | undefined>>;
  /** Its column of the terminal's table; `width` is the least that it has. */
  readonly column: { readonly title: string; readonly width: number; readonly right?: boolean };
  cell(face: Part): string;
  /** Its part of the face's card on the page. */
  card(face: Part, language: Language): CardPart;
  /** Lets the page sort faces by it, highest first. */
  readonly rank?: { readonly title: Text; value(face: Part): number | undefined };
}

/** What the card shows: beside the face's picture, below it, in the list of terms, and at its end. */
export interface CardPart {
  readonly head?: Markup | undefined;
  readonly chart?: Markup | undefined;
  readonly term?: Term | undefined;
  readonly foot?: Markup | undefined;
}

export interface Term {
  readonly title: string;
  readonly value: Markup;
  /** What the value means, shown when the title is pointed at, focused or tapped. */
  readonly meaning?: string;
}

/** How a person corrects an attribute. */
export interface CorrectionWords {
  /** What a person does, and gives, in the middle of a sentence: "enter", "an age". */
  readonly verb: Text;
  readonly noun: Text;
  /**
   * One or more fields of a form, named after the attribute.
   * @param face with the estimate
   * @param earlier what was corrected before
   */
  fields(face: Part, earlier: Corrected | undefined, language: Language): Markup;
  /** @param entered what the form has under the attribute's name, never empty */
  read(entered: string): Corrected;
  /** "34 years", "female" */
  describe(value: Corrected, language: Language): string;
}

/** What a person may say of an attribute. */
export type Corrected = string | number;

/** The languages that the page speaks. */
export type Language = 'en' | 'zh';

export type Text = Readonly<Record<Language, string>>;

/** The word before an estimate that a person may correct. */
export const estimate = (value: string, language: Language): string =>
  language === 'en' ? `Estimate: ${value}` : `估计值：${value}`;

/** "age, gender and a score" */
export const enumerate = (items: readonly string[], separator = ', ', last = ' and '): string =>
  [items.slice(0, -1).join(separator), ...items.slice(-1)].filter(Boolean).join(last);

/** A probability as a percentage, "100 %" only when nothing is left to doubt. */
export function formatPercent(probability: number): string {
  return `${probability < 1 ? Math.min(Math.round(probability * 100), 99) : 100} %`;
}

/** The same as readers of a language write it. */
export const toPercentage = (share: number, language: Language): string =>
  share.toLocaleString(language, { style: 'percent' });
