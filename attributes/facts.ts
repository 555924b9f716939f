import { WORDS } from './list.ts';
import { quality } from './quality/words.ts';
import type { Language } from './words.ts';

const facts = WORDS.flatMap((words) => words.facts);
const direct = facts.filter(({ consequence }) => !consequence);

/** What is said of a face, in the order in which it is shown: what follows from other facts, then what no attribute says. */
export const FACTS = [...direct, ...facts.filter(({ consequence }) => consequence), quality];

/** "age", "gender" */
export const nouns = (language: Language): string[] => direct.map(({ noun }) => noun[language]);
/** "ages", "genders" */
export const plurals = (language: Language): string[] => WORDS.map(({ plural }) => plural[language]);
