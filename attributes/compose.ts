/** What all members of a union have together. */
export type Intersection<Union> = (Union extends unknown ? (each: Union) => void : never) extends (
  all: infer All,
) => void
  ? All
  : never;

/** One object with the fields of all. */
export const compose = <Fields extends object>(all: readonly Fields[]) =>
  Object.assign({}, ...all) as Intersection<Fields>;
