import { groupOf } from '../../attributes/age/group.ts';
import { AGE_GROUPS, type Age } from '../../attributes/age/result.ts';
import type { Gender } from '../../attributes/gender/result.ts';
import type { Label } from '../dataset/label.ts';

/** What a model says of a face; a part is absent when it is not asked for. */
export interface Answer {
  readonly age?: Pick<Age, 'years' | 'group'> & Partial<Pick<Age, 'low' | 'high' | 'groups'>>;
  readonly gender?: Pick<Gender, 'gender' | 'confidence'>;
}

/** What is known of a face, and what a model says of it. Without an answer (no face was found, say) it is wrong. */
export interface JudgedFace
  extends Partial<Pick<Label, 'age' | 'ageRange' | 'gender' | 'subject' | 'groups'>> {
  /** Names the face: the same for every model. */
  readonly face: string;
  readonly said?: Answer | undefined;
}

/** What is known of a face, of all that its label says. */
export const knownOf = ({ age, ageRange, gender, subject, groups }: Label): Omit<JudgedFace, 'face'> => ({
  ...(age !== undefined && { age }),
  ...(ageRange && { ageRange }),
  ...(gender && { gender }),
  ...(subject !== undefined && { subject }),
  groups,
});

/** The age group that is the most probable but one: what a model would say next. */
export function secondGuess({ said }: JudgedFace): Age['group'] | undefined {
  const groups = said?.age?.groups;
  if (!groups) return undefined;
  const [, second] = AGE_GROUPS.toSorted((one, other) => groups[other] - groups[one]);
  return second;
}

/**
 * How many years an answer is off. Of a face whose label only names a range of ages there is no saying.
 * @returns undefined without a labelled age or an answer
 */
export function ageError({ age, ageRange, said }: JudgedFace): number | undefined {
  if (age === undefined || ageRange || !said?.age) return undefined;
  return said.age.years - age;
}

/**
 * How many age groups an answer is off.
 * @returns infinity without an answer; undefined without a labelled age
 */
export function groupDistance({ age, said }: JudgedFace): number | undefined {
  if (age === undefined) return undefined;
  return said?.age ? Math.abs(AGE_GROUPS.indexOf(said.age.group) - groupOf(age)) : Number.POSITIVE_INFINITY;
}

/** @returns whether the gender is right, which it isn't without an answer; undefined without a labelled gender */
export function genderIsRight({ gender, said }: JudgedFace): boolean | undefined {
  return gender && said?.gender?.gender === gender;
}

/** Whether the labelled age lies in the answer's interval. Ages are whole years: half a year on each side is the same one. */
export function isCovered({ age, ageRange, said }: JudgedFace): boolean | undefined {
  const { low, high } = said?.age ?? {};
  if (age === undefined || ageRange || low === undefined || high === undefined) return undefined;
  return low - 0.5 <= age && age <= high + 0.5;
}
