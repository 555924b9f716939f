import { WORDS } from './list.ts';

const facts = WORDS.flatMap((words) => words.facts);

/** What all attributes tell of a face, in the order in which it is told: what follows from other facts comes last. */
export const FACTS = [
  ...facts.filter(({ consequence }) => !consequence),
  ...facts.filter(({ consequence }) => consequence),
];
