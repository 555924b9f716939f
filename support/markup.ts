import { html as template } from 'hono/html';
import type { HtmlEscapedString } from 'hono/utils/html';

/** Markup that may be put into a page as it is. It is a `String` object: `toString` makes text of it. */
export type Markup = HtmlEscapedString;

/** Takes text for markup. */
export { raw } from 'hono/html';

type Value = Markup | readonly Markup[] | string | number | false | undefined;

/** Template tag: values are escaped, except markup, lists of markup, and what is false or undefined, which is left out. */
export const html = (strings: TemplateStringsArray, ...values: readonly Value[]): Markup =>
  // Only a promise among the values would make a promise of the whole.
  template(strings, ...values) as Markup;
