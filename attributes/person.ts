import { classSchema } from './own/definition.ts';

/** Name of a person in the gallery: as that of a class, in any script. */
export const personSchema = classSchema;
