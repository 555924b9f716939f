import * as list from '../../attributes/list.ts';
import { glasses } from './glasses/attribute.ts';
import { glassesWords } from './glasses/words.ts';

/** The list with one more attribute, which says whether a face wears glasses. */

export * from '../../attributes/list.ts';

export const ATTRIBUTES = [...list.ATTRIBUTES, glasses];
export const EVERY_ATTRIBUTE = ATTRIBUTES;
export const WORDS = [...list.WORDS, glassesWords];
export const ATTRIBUTE_NAMES = ATTRIBUTES.map(({ name }) => name);
