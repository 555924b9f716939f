import { html, type Markup, raw } from '../../support/markup.ts';
import { STYLE } from './style.ts';

export interface Parts {
  readonly title: string;
  /** Beside what all reports have. */
  readonly style?: string;
  /** Whether it shows pictures, as data URLs. */
  readonly pictures?: boolean;
  /** What is between `<body>` and `</body>`. */
  readonly body: Markup;
}

/** A report as one file that needs no other, with nothing in it that runs. */
export function renderDocument({ title, style = '', pictures = false, body }: Parts): string {
  const page = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'${pictures && '; img-src data:'}">
<title>${title}</title>
<style>${raw(STYLE + style)}</style>
</head>
<body>
${body}
</body>
</html>
`;
  return page.toString();
}
