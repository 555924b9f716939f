import type { Part } from './attribute.ts';
import { WORDS } from './list.ts';
import { ownWordsOf } from './own/words.ts';
import { quality } from './quality/words.ts';
import type { Fact, Language, Words } from './words.ts';

/** Words of what is estimated wherever nothing else is asked for. */
export const USUAL_WORDS = WORDS.filter(({ optIn }) => !optIn);

/** What words say of a face, in the order in which it is shown: what follows from other facts last. */
function arrange(words: readonly Words[]): readonly Fact[] {
  const facts = words.flatMap((each) => each.facts);
  return [
    ...facts.filter(({ consequence }) => !consequence),
    ...facts.filter(({ consequence }) => consequence),
  ];
}

/** All that may be said of a face; last, what no attribute says. */
export const FACTS = [...arrange(WORDS), quality];

/** What is said of faces where nothing else is asked for. */
export const USUAL_FACTS = [...arrange(USUAL_WORDS), quality];

/** Words of the attributes that a face has. */
export const wordsOf = (face: Part): readonly Words[] => [
  ...WORDS.filter(({ name }) => face[name] !== undefined),
  ...ownWordsOf(face),
];

/** What is said of a face, of own attributes last. */
export const factsOf = (face: Part): readonly Fact[] => [
  ...arrange(WORDS.filter(({ name }) => face[name] !== undefined)),
  ...(face[quality.field] === undefined ? [] : [quality]),
  ...ownWordsOf(face).flatMap(({ facts }) => facts),
];

/** The facts of attributes by their names, and the quality where it is named, as they are arranged. */
export const factsOfNames = (names: readonly string[]): readonly Fact[] => [
  ...arrange(WORDS.filter(({ name }) => names.includes(name))),
  ...(names.includes(quality.field) ? [quality] : []),
];

/** "age", "gender" */
export const nouns = (language: Language): string[] =>
  USUAL_WORDS.flatMap(({ facts }) => facts.filter(({ consequence }) => !consequence)).map(
    ({ noun }) => noun[language],
  );
/** "ages", "genders" */
export const plurals = (language: Language): string[] => USUAL_WORDS.map(({ plural }) => plural[language]);
