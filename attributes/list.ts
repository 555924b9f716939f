import { age } from './age/attribute.ts';
import { gender } from './gender/attribute.ts';

/** What facedrop tells of a face, in the order in which it is told. */
export const ATTRIBUTES = [age, gender] as const;

export type AttributeName = (typeof ATTRIBUTES)[number]['name'];
export const ATTRIBUTE_NAMES = ATTRIBUTES.map(({ name }) => name) as [AttributeName, ...AttributeName[]];
