import { isInGroup } from '../../attributes/age/group.ts';
import type { Measures } from '../../models/card.ts';
import { ageError, genderIsRight, groupDistance, isCovered, type JudgedFace } from './answer.ts';

/**
 * The field's usual figures. A face without an answer is an error in every one but the mean absolute error and
 * the share covered by the intervals, which are of the faces that have one. A figure that nothing is known
 * about, for want of labels or answers, is left out.
 */
export function judge(faces: readonly JudgedFace[]): Measures {
  const says = (part: 'age' | 'gender') => faces.some(({ said }) => said?.[part]);
  const aged = says('age') ? known(faces, groupDistance) : [];
  const inGroup = says('age') ? known(faces.filter(hasGroup), groupDistance) : [];
  return {
    faces: faces.length,
    ...measure(
      'found',
      faces.map(({ said }) => said !== undefined),
    ),
    ...measure('meanAbsoluteError', known(faces, ageError).map(Math.abs)),
    ...measure(
      'exact',
      aged.map((distance) => distance === 0),
    ),
    ...measure(
      'oneOff',
      aged.map((distance) => distance <= 1),
    ),
    ...measure(
      'exactInGroup',
      inGroup.map((distance) => distance === 0),
    ),
    ...measure(
      'oneOffInGroup',
      inGroup.map((distance) => distance <= 1),
    ),
    ...measure('gender', says('gender') ? known(faces, genderIsRight) : []),
    ...measure('covered', known(faces, isCovered)),
  };
}

/** A face whose age lies in a gap between two groups has none, by the benchmark's own convention. */
const hasGroup = ({ age }: JudgedFace) => age !== undefined && isInGroup(age);

/** Applies a function to each face and keeps what it knows. */
const known = <T>(faces: readonly JudgedFace[], of: (face: JudgedFace) => T | undefined): T[] =>
  faces.map(of).filter((value) => value !== undefined);

const measure = (name: keyof Measures, values: readonly (number | boolean)[]): Partial<Measures> =>
  values.length === 0
    ? {}
    : { [name]: values.reduce<number>((total, value) => total + Number(value), 0) / values.length };
