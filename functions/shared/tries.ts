/** Where it is noted how often messages were tried. Both answer with undefined when there is nowhere to note it. */
export interface Tries {
  /** How often a message has been tried. */
  count(body: string): Promise<number | undefined>;
  /** Notes one more. @returns how many there are with it */
  add(body: string): Promise<number | undefined>;
}

/**
 * How often the queue delivers a message: more often than it is tried, as what comes back because another message
 * killed the function, or because AWS had no room for it, was not tried. On the last time it is only given up.
 */
export const maximumReceives = (maximumTries: number): number => 2 * maximumTries + 1;
