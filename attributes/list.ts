import { age } from './age/attribute.ts';
import { ageWords } from './age/words.ts';
import type { Attribute, LearnedAttribute } from './attribute.ts';
import { expression } from './expression/attribute.ts';
import { expressionWords } from './expression/words.ts';
import { eyes } from './eyes/attribute.ts';
import { eyesWords } from './eyes/words.ts';
import { gender } from './gender/attribute.ts';
import { genderWords } from './gender/words.ts';
import { looks } from './looks/attribute.ts';
import { looksWords } from './looks/words.ts';
import { mouth } from './mouth/attribute.ts';
import { mouthWords } from './mouth/words.ts';
import { ownAttribute } from './own/attribute.ts';
import { OWN, type OwnDefinition } from './own/definition.ts';
import type { Words } from './words.ts';

/** What facedrop estimates of a face, in the order in which it is shown. */
export const ATTRIBUTES = [age, gender, expression, eyes, mouth, looks] as const;

/** How each of them is spoken of; apart, so that the page's bundle has the words alone. */
export const WORDS: readonly Words[] = [
  ageWords,
  genderWords,
  expressionWords,
  eyesWords,
  mouthWords,
  looksWords,
] satisfies WordsOf<typeof ATTRIBUTES>;

type WordsOf<Attributes extends readonly { readonly name: string }[]> = {
  readonly [Index in keyof Attributes]: Words &
    Pick<Attributes[Index], Extract<keyof Attributes[Index], 'name' | 'optIn'>>;
};

export type AttributeName = (typeof ATTRIBUTES)[number]['name'];
// Without the mark a bundle of the words alone would have the attributes, too.
export const ATTRIBUTE_NAMES = /* @__PURE__ */ ATTRIBUTES.map(({ name }) => name) as [
  AttributeName,
  ...AttributeName[],
];

/** Those that are estimated unless a deployment says which it wants. */
export const USUAL_NAMES: readonly AttributeName[] = /* @__PURE__ */ ATTRIBUTES.filter(
  (attribute) => !('optIn' in attribute),
).map(({ name }) => name);

/** What is estimated of a face piece by piece: each attribute of the list, and all own ones together. */
export const PARTS = /* @__PURE__ */ (ATTRIBUTE_NAMES as readonly string[]).concat(OWN) as [
  PartName,
  ...PartName[],
];
export type PartName = AttributeName | typeof OWN;

/** The list, for code that goes over all of it and knows none. */
export const EVERY_ATTRIBUTE: readonly (Attribute & { readonly name: AttributeName })[] = ATTRIBUTES;

/** What is trained, judged and served: an attribute of the list, by its name, or one that people defined by labelling it. */
export type Task = AttributeName | OwnDefinition;

/** The attribute of a task. */
export function attributeOf(task: AttributeName): Attribute;
export function attributeOf(task: Task): LearnedAttribute;
export function attributeOf(task: Task): LearnedAttribute {
  if (typeof task !== 'string') return ownAttribute(task);
  const attribute = EVERY_ATTRIBUTE.find(({ name }) => name === task);
  if (!attribute) {
    throw new Error(`Expected an attribute (${ATTRIBUTE_NAMES.join(', ')}) but received ${task}.`);
  }
  return attribute;
}

/** The list, and the task's attribute where it is an own one. */
export const attributesWith = (task: Task): readonly LearnedAttribute[] =>
  typeof task === 'string' ? EVERY_ATTRIBUTE : [...EVERY_ATTRIBUTE, ownAttribute(task)];

export const nameOf = (task: Task): string => (typeof task === 'string' ? task : task.name);

/** Whether any of these needs a gallery. */
export const needGallery = (names: readonly string[]): boolean =>
  EVERY_ATTRIBUTE.some(({ name, blend }) => blend?.likeness === true && names.includes(name));

export const isAttribute = (name: string): name is AttributeName =>
  ATTRIBUTES.some((each) => each.name === name);
