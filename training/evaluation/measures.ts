import type { LearnedAttribute } from '../../attributes/attribute.ts';
import { averageOf } from '../../attributes/faces.ts';
import { EVERY_ATTRIBUTE } from '../../attributes/list.ts';
import type { Measures } from '../../models/card.ts';
import type { JudgedFace } from './answer.ts';

/**
 * The usual figures of all attributes. A face without an answer is an error in every share but the share covered by
 * intervals; that one, and means, are of the faces that have an answer. A figure that nothing is known about, for want of
 * labels or answers, is left out.
 */
export const measureFaces = (
  faces: readonly JudgedFace[],
  attributes: readonly LearnedAttribute[] = EVERY_ATTRIBUTE,
): Measures => ({
  faces: faces.length,
  ...averageOf(
    'found',
    faces.map(({ said }) => said !== undefined),
  ),
  ...Object.assign({}, ...attributes.map(({ evaluation }) => evaluation.measure(faces))),
});

/** A measure by the name that its attribute gives it. */
export const measureOf = (
  measures: Readonly<Record<string, unknown>> | undefined,
  name: string,
): number | undefined => {
  const value = measures?.[name];
  return typeof value === 'number' ? value : undefined;
};
