import { age } from './age/attribute.ts';
import { ageWords } from './age/words.ts';
import { gender } from './gender/attribute.ts';
import { genderWords } from './gender/words.ts';
import type { Words } from './words.ts';

/** What facedrop tells of a face, in the order in which it is told. */
export const ATTRIBUTES = [age, gender] as const;

/** How each of them is spoken of; apart, so that the page's bundle has the words alone. */
export const WORDS: readonly Words[] = [ageWords, genderWords] satisfies WordsOf<typeof ATTRIBUTES>;

type WordsOf<Attributes extends readonly { readonly name: string }[]> = {
  readonly [Index in keyof Attributes]: Words & Pick<Attributes[Index], 'name'>;
};

export type AttributeName = (typeof ATTRIBUTES)[number]['name'];
// Without the mark a bundle of the words alone would have the attributes, too.
export const ATTRIBUTE_NAMES = /* @__PURE__ */ ATTRIBUTES.map(({ name }) => name) as [
  AttributeName,
  ...AttributeName[],
];
