import type { Part } from './attribute.ts';
import { WORDS } from './list.ts';
import { ownWordsOf } from './own/words.ts';
import { quality } from './quality/words.ts';
import type { Fact, Language, Words } from './words.ts';

const facts = WORDS.flatMap((words) => words.facts);
const direct = facts.filter(({ consequence }) => !consequence);

/** What is said of a face, in the order in which it is shown: what follows from other facts, then what no attribute says. */
export const FACTS = [...direct, ...facts.filter(({ consequence }) => consequence), quality];

/** The list's words, and those of the own attributes that a face has. */
export const wordsOf = (face: Part): readonly Words[] => [...WORDS, ...ownWordsOf(face)];

/** The same facts, of own attributes last. */
export const factsOf = (face: Part): readonly Fact[] => [
  ...FACTS,
  ...ownWordsOf(face).flatMap(({ facts }) => facts),
];

/** "age", "gender" */
export const nouns = (language: Language): string[] => direct.map(({ noun }) => noun[language]);
/** "ages", "genders" */
export const plurals = (language: Language): string[] => WORDS.map(({ plural }) => plural[language]);
