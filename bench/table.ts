/** A Markdown table; the first column is text, the others are figures. */
export function markdownTable(
  header: readonly string[],
  rows: readonly (readonly (string | number)[])[],
): string {
  const rule = header.map((_, index) => (index === 0 ? '---' : '---:'));
  return [header, rule, ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}

/** Milliseconds as a table says them. */
export const ms = (value: number): string => value.toFixed(value < 10 ? 1 : 0);

/** How many times less `value` is than `reference`. */
export const timesLess = (value: number, reference: number): string => `${(reference / value).toFixed(1)} ×`;
