import type { Part } from './attribute.ts';
import { WORDS } from './list.ts';
import { ownWordsOf } from './own/words.ts';
import { quality } from './quality/words.ts';
import type { Fact, Language, Words } from './words.ts';

/** Words of what is estimated wherever nothing else is asked for. */
export const USUAL_WORDS = WORDS.filter(({ optIn }) => !optIn);

/** What words say of a face, in the order in which it is shown: what follows from other facts last, then what no attribute says. */
function arrange(words: readonly Words[]): readonly Fact[] {
  const facts = words.flatMap((each) => each.facts);
  return [
    ...facts.filter(({ consequence }) => !consequence),
    ...facts.filter(({ consequence }) => consequence),
    quality,
  ];
}

/** All that may be said of a face. */
export const FACTS = arrange(WORDS);

/** What is said of faces where nothing else is asked for. */
export const USUAL_FACTS = arrange(USUAL_WORDS);

const isTold = (face: Part) => (words: Words) => !words.optIn || face[words.name] !== undefined;

/** The list's words, of what must be asked for only where a face has it, and those of its own attributes. */
export const wordsOf = (face: Part): readonly Words[] => [...WORDS.filter(isTold(face)), ...ownWordsOf(face)];

/** The same facts, of own attributes last. */
export const factsOf = (face: Part): readonly Fact[] => [
  ...arrange(WORDS.filter(isTold(face))),
  ...ownWordsOf(face).flatMap(({ facts }) => facts),
];

/** The facts of attributes by their names, as they are arranged. */
export const factsOfNames = (names: readonly string[]): readonly Fact[] =>
  arrange(WORDS.filter(({ name }) => names.includes(name)));

/** "age", "gender" */
export const nouns = (language: Language): string[] =>
  USUAL_WORDS.flatMap(({ facts }) => facts.filter(({ consequence }) => !consequence)).map(
    ({ noun }) => noun[language],
  );
/** "ages", "genders" */
export const plurals = (language: Language): string[] => USUAL_WORDS.map(({ plural }) => plural[language]);
