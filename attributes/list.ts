import { age } from './age/attribute.ts';
import type { Attribute } from './attribute.ts';
import { gender } from './gender/attribute.ts';

/** What facedrop tells of a face, in the order in which it is told. */
export const ATTRIBUTES = [age, gender] as const;

export type AttributeName = (typeof ATTRIBUTES)[number]['name'];
/** The attribute of a name. */
export function attributeOf(name: AttributeName): Attribute {
  const attribute = ATTRIBUTES.find((each) => each.name === name);
  if (attribute) return attribute;
  throw new Error(`Expected one of the attributes ${ATTRIBUTE_NAMES.join(', ')} but received "${name}".`);
}

export const ATTRIBUTE_NAMES = ATTRIBUTES.map(({ name }) => name) as [AttributeName, ...AttributeName[]];
