import { age } from './age/attribute.ts';
import type { Attribute } from './attribute.ts';
import { gender } from './gender/attribute.ts';

/** What facedrop tells of a face, in the order in which it is told. */
export const ATTRIBUTES = [age, gender] as const;

export type AttributeName = (typeof ATTRIBUTES)[number]['name'];
export const ATTRIBUTE_NAMES = ATTRIBUTES.map(({ name }) => name) as [AttributeName, ...AttributeName[]];

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
