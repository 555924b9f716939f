import type { JudgedFace } from './answer.ts';

/** A part of the faces that is looked at by itself: those with a certain value in a column of the labels. */
export interface Group {
  readonly column: string;
  readonly value: string;
}

/** Children, adults and elderly people, by the first age that is too old for each. */
export const AGE_BANDS = [
  { value: 'children, 12 and younger', below: 13 },
  { value: 'adults, 13 to 59', below: 60 },
  { value: 'elderly, 60 and older', below: Number.POSITIVE_INFINITY },
] as const;

/** Which of `AGE_BANDS` an age belongs to. */
export const bandOf = (age: number): number => AGE_BANDS.findIndex(({ below }) => age < below);

const GENDERS = { F: 'female', M: 'male' } as const;

/**
 * The groups that faces belong to, in this order: age bands, labelled genders, and the values of every further
 * column of the labels, columns and values by name.
 */
export function splitIntoGroups<Face extends JudgedFace>(
  faces: readonly Face[],
): { group: Group; faces: Face[] }[] {
  const columns = [...new Set(faces.flatMap(({ groups }) => Object.keys(groups ?? {})))].sort();
  const of = (column: string, valueOfFace: (face: Face) => string | undefined, order: readonly string[]) => {
    const parts = Map.groupBy(faces, valueOfFace);
    return order.flatMap((value) => {
      const part = parts.get(value);
      return part ? [{ group: { column, value }, faces: part }] : [];
    });
  };
  return [
    ...of(
      'age',
      ({ age }) => (age === undefined ? undefined : AGE_BANDS[bandOf(age)]?.value),
      AGE_BANDS.map(({ value }) => value),
    ),
    ...of('gender', ({ gender }) => gender && GENDERS[gender], Object.values(GENDERS)),
    ...columns.flatMap((column) => {
      const values = faces.flatMap(({ groups }) => groups?.[column] ?? []);
      return of(column, ({ groups }) => groups?.[column], [...new Set(values)].sort());
    }),
  ];
}
