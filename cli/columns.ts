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
        .map(({ right }, column) => {
          const cell = cells[column] ?? '';
          const space = ' '.repeat((widths[column] ?? 0) - stringWidth(cell));
          return right ? space + cell : cell + space;
        })
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}
