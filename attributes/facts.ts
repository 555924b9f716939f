import { WORDS } from './list.ts';
import type { Language } from './words.ts';

const facts = WORDS.flatMap((words) => words.facts);
const direct = facts.filter(({ consequence }) => !consequence);

/** What all attributes say of a face, in the order in which it is shown: what follows from other facts comes last. */
export const FACTS = [...direct, ...facts.filter(({ consequence }) => consequence)];

/** "age", "gender" */
export const nouns = (language: Language): string[] => direct.map(({ noun }) => noun[language]);
/** "ages", "genders" */
export const plurals = (language: Language): string[] => WORDS.map(({ plural }) => plural[language]);
