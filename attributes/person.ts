import { classSchema } from './own/definition.ts';

/** A hundred faces may each be like somebody, and all of that has to fit into an announcement. */
const MOST_BYTES = 120;

/** Name of a person in the gallery: as that of a class, in any script. */
export const personSchema = classSchema.refine(
  (name) => new TextEncoder().encode(name).length <= MOST_BYTES,
  `at most ${MOST_BYTES} bytes`,
);
