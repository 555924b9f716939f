import { SingleBar } from 'cli-progress';

export interface Progress {
  /** @param note a few words shown after the bar */
  update(value: number, note: string): void;
  /** Takes the bar off the screen. */
  stop(): void;
}

/**
 * A progress bar on standard error; nothing at all where that is no terminal.
 * @param total what `value` reaches in the end; without it only the note is shown
 */
export function startProgress(label: string, total?: number): Progress {
  const bar = new SingleBar({
    format: total === undefined ? `${label}  {note}` : `${label}  {bar}  {note}`,
    barCompleteChar: '█',
    barIncompleteChar: '░',
    barsize: 24,
    clearOnComplete: true,
    emptyOnZero: true,
    // The terminal's own settings stay as they are: nothing to restore when the program is interrupted.
    linewrap: true,
    hideCursor: false,
    stream: process.stderr,
  });
  bar.start(total ?? 1, 0, { note: '' });
  return {
    update: (value, note) => bar.update(value, { note }),
    stop: () => bar.stop(),
  };
}
