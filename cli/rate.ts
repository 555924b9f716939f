import { setTimeout as sleep } from 'node:timers/promises';
import { InvalidArgumentError } from 'commander';

const SECONDS = { s: 1, min: 60, h: 3600 } as const;
const RATE = /^(?<number>\d+(?:\.\d+)?)(?:\/(?<unit>s|min|h))?$/;

/** Per second. Below, a timer would have to wait for weeks, which none does; above, no account's pipeline keeps up. */
const [SLOWEST, FASTEST] = [1 / SECONDS.h, 1000];

/**
 * Parses "20", "20/s", "90/min" or "500/h".
 * @returns per second
 * @throws InvalidArgumentError when it is no rate, or one beyond what can be kept
 */
export function parseRate(text: string): number {
  const { number, unit = 's' } = RATE.exec(text.replaceAll(' ', ''))?.groups ?? {};
  const rate = Number(number) / (unit === 'min' || unit === 'h' ? SECONDS[unit] : 1);
  if (!(rate >= SLOWEST && rate <= FASTEST)) {
    throw new InvalidArgumentError(
      `Expected a rate such as 20/s, 90/min or 500/h, from 1/h to ${FASTEST}/s.`,
    );
  }
  return rate;
}

/** Spaces work out evenly. What is late is not caught up with: the rate is never exceeded. */
export class Pace {
  readonly #perSecond: number;
  #free = 0;

  constructor(perSecond: number) {
    this.#perSecond = perSecond;
  }

  /**
   * Waits until `count` pieces of work may be begun.
   * @throws AbortError when `signal` is aborted in the meantime
   */
  async take(count: number, signal: AbortSignal): Promise<void> {
    const now = performance.now();
    const begin = Math.max(now, this.#free);
    this.#free = begin + (count / this.#perSecond) * 1000;
    if (begin > now) await sleep(begin - now, undefined, { signal });
  }
}
