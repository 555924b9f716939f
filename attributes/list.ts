import { age } from './age/attribute.ts';
import { ageWords } from './age/words.ts';
import type { Attribute } from './attribute.ts';
import { gender } from './gender/attribute.ts';
import { genderWords } from './gender/words.ts';
import type { Words } from './words.ts';

/** What facedrop estimates of a face, in the order in which it is shown. */
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

/** The list, for code that goes over all of it and knows none. */
export const EVERY_ATTRIBUTE: readonly (Attribute & { readonly name: AttributeName })[] = ATTRIBUTES;

/** The attribute of a name. */
export function attributeOf(name: AttributeName): Attribute {
  const attribute = EVERY_ATTRIBUTE.find((each) => each.name === name);
  if (!attribute) {
    throw new Error(`Expected an attribute (${ATTRIBUTE_NAMES.join(', ')}) but received ${name}.`);
  }
  return attribute;
}

export const isAttribute = (name: string): name is AttributeName =>
  ATTRIBUTES.some((each) => each.name === name);
