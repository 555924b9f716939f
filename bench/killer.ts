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

/**
 * Kills a process of one of a local stack's functions every so often, whatever it is doing. Each function that has run
 * has its turn as often as any other, also when no process of it is there to be killed: the last process that is at work
 * is not the only one that can be hit.
 */
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
    const seen = new Set<string>();
    const pick = <Each>(all: readonly Each[]) => all[Math.floor(random() * all.length)];
    while (this.kills.length < most && (await sleep(every, true, { signal }).catch(() => false))) {
      const processes = [...(await functionProcesses(endpoint, `${stackName}-`))];
      for (const [, { name }] of processes) seen.add(name);
      const victim = pick([...seen]);
      const [pid] = pick(processes.filter(([, { name }]) => name === victim)) ?? [];
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
