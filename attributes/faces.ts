/** Applies a function to each face and keeps what it knows. */
export const known = <Face, Value>(faces: readonly Face[], of: (face: Face) => Value | undefined): Value[] =>
  faces.map(of).filter((value) => value !== undefined);

/** A mean, or a share of what is true, under a name; nothing of nothing. */
export const averageOf = <Name extends string>(
  name: Name,
  values: readonly (number | boolean)[],
): Partial<Record<Name, number>> =>
  values.length === 0
    ? {}
    : named(name, values.reduce<number>((total, value) => total + Number(value), 0) / values.length);

/** An object of one field. TypeScript makes an index signature of a computed name. */
export const named = <const Name extends string, Value>(name: Name, value: Value) =>
  ({ [name]: value }) as Record<Name, Value>;
