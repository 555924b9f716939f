import stringWidth from 'string-width';
import { printable } from './command.ts';

export interface Column {
  readonly title: string;
  /** Numbers stand on the right. */
  readonly right?: boolean;
}

/** Rows under titles, each column as wide as its widest cell; lines have no space at their ends. */
export function formatColumns(columns: readonly Column[], rows: readonly (readonly string[])[]): string {
  const lines = [columns.map(({ title }) => title), ...rows].map((cells) => cells.map(printable));
  const widths = columns.map((_, column) =>
    Math.max(...lines.map((cells) => stringWidth(cells[column] ?? ''))),
  );
  return lines
    .map((cells) =>
      columns
        .map(({ right }, column) => pad(cells[column] ?? '', widths[column] ?? 0, right))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

/** Pads to a width on the screen, where some characters take two columns and some none. */
export function pad(text: string, width: number, right = false): string {
  const space = ' '.repeat(Math.max(0, width - stringWidth(text)));
  return right ? space + text : text + space;
}
