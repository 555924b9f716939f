import pc from 'picocolors';
import { say } from './command.ts';

/**
 * Shows work that is going on: a line for each step when it is done, with the seconds it took, and on a
 * terminal a line for what is still under way. All on standard error.
 */
export class Steps {
  readonly #running = new Set<string>();
  readonly #started = performance.now();
  #timer: NodeJS.Timeout | undefined;

  add(name: string, work: Promise<unknown>): void {
    const started = performance.now();
    this.#running.add(name);
    this.#timer ??= process.stderr.isTTY ? setInterval(() => this.#show(), 100) : undefined;
    const end = (mark: string) => {
      this.#running.delete(name);
      this.#clear();
      say(`${mark} ${name} ${pc.dim(seconds(started))}`);
      if (this.#running.size === 0) this.#stop();
    };
    work.then(
      () => end(pc.green('✓')),
      () => end(pc.red('✗')),
    );
  }

  #stop(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  #show(): void {
    this.#clear();
    process.stderr.write(pc.dim(`… ${[...this.#running].join(', ')} ${seconds(this.#started)}`));
  }

  #clear(): void {
    if (this.#timer) process.stderr.write('\r\u001B[K');
  }
}

const seconds = (since: number) => `${((performance.now() - since) / 1000).toFixed(1)} s`;
