import type { LearnedAttribute } from '../../attributes/attribute.ts';
import { EVERY_ATTRIBUTE } from '../../attributes/list.ts';
import { MAXIMUM_GROUPS } from '../dataset/catalogue.ts';
import type { JudgedFace } from './answer.ts';

/** A part of the faces that is looked at by itself: those with a certain value in a column of the labels. */
export interface Group {
  readonly column: string;
  readonly value: string;
}

/**
 * The groups that faces belong to, in this order: those of each attribute, and the values of every further column of the
 * labels, columns and values by name.
 */
export function splitIntoGroups<Face extends JudgedFace>(
  faces: readonly Face[],
  attributes: readonly LearnedAttribute[] = EVERY_ATTRIBUTE,
): { group: Group; faces: Face[] }[] {
  const of = (column: string, valueOfFace: (face: Face) => string | undefined, order: readonly string[]) => {
    const parts = Map.groupBy(faces, valueOfFace);
    return order.flatMap((value) => {
      const part = parts.get(value);
      return part ? [{ group: { column, value }, faces: part }] : [];
    });
  };
  return [
    ...attributes.flatMap(({ name, evaluation }) =>
      of(name, (face) => evaluation.groupOf(face), evaluation.groups),
    ),
    ...furtherColumns(faces, attributes).flatMap((column) => {
      const values = [...new Set(faces.flatMap(({ groups }) => groups?.[column] ?? []))];
      // A column of numbers would give a group for each of them.
      return values.length > MAXIMUM_GROUPS
        ? []
        : of(column, ({ groups }) => groups?.[column], values.sort());
    }),
  ];
}

/** Columns of the labels that are none of the attributes', by name. */
export function furtherColumns(
  faces: readonly { readonly groups?: Readonly<Record<string, string>> | undefined }[],
  attributes: readonly LearnedAttribute[],
): string[] {
  const told = new Set(attributes.map(({ name }) => name));
  return [...new Set(faces.flatMap(({ groups }) => Object.keys(groups ?? {})))]
    .filter((column) => !told.has(column))
    .sort();
}
