import type * as z from 'zod';

/** A class in the API: that of the largest face also stands at the top. Items have it as `{ [name]: class, … }`. */
export const classAnswer = <const Name extends string, Class extends z.ZodType>(
  name: Name,
  schema: Class,
) => ({
  shortcut: { [name]: schema } as { readonly [Own in Name]: Class },
  shorten: (face: { readonly [Own in Name]: { readonly [Own in Name]: unknown } }) => ({
    [name]: face[name][name],
  }),
});
