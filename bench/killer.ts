import { setTimeout as sleep } from 'node:timers/promises';
import type { Random } from '../training/trainer/random.ts';
import { functionProcesses } from './processes.ts';

export interface KillerOptions {
  readonly endpoint: string;
  /** Whose functions' processes are killed. */
  readonly stackName: string;
  /** Milliseconds from one kill to the next. */
  readonly every: number;
  /** How many are killed at most. */
  readonly most: number;
  readonly random: Random;
}

/** Kills one of a local stack's function processes every so often, whatever it is doing. */
export class Killer {
  /** When it killed one, in epoch milliseconds. */
  readonly kills: number[] = [];
  readonly #stopping = new AbortController();
  readonly #killing: Promise<void>;

  constructor(options: KillerOptions) {
    this.#killing = this.#kill(options);
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#killing;
  }

  async #kill({ endpoint, stackName, every, most, random }: KillerOptions): Promise<void> {
    const { signal } = this.#stopping;
    while (this.kills.length < most && (await sleep(every, true, { signal }).catch(() => false))) {
      const pids = [...(await functionProcesses(endpoint, `${stackName}-`)).keys()];
      const pid = pids[Math.floor(random() * pids.length)];
      if (pid === undefined) continue;
      try {
        process.kill(pid, 'SIGKILL');
        this.kills.push(Date.now());
      } catch {
        // It ended by itself.
      }
    }
  }
}
