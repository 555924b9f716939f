import type * as z from 'zod';
import { gender } from './attribute.ts';

/** In the order of a network's outputs. */
export const GENDERS = gender.learning.classes;

export const genderSchema = gender.fields.gender;
export type Gender = z.infer<typeof genderSchema>;
