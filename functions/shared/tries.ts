/** Where it is noted how often messages were tried. Both answer with undefined when there is nowhere to note it. */
export interface Tries {
  /** How often a message has been tried. */
  count(body: string): Promise<number | undefined>;
  /** Notes one more, or takes one back. @returns how many there are with it */
  add(body: string, count: 1 | -1): Promise<number | undefined>;
}

/**
 * How often the queue delivers a message: more often than it is tried, as what comes back because another message
 * killed the function, because AWS had no room for it, or because a service was out of order, was not tried. With four
 * tries that bridges two hours in which a service is out of order, and half an hour without room. On the last time it
 * is only given up.
 */
export const maximumReceives = (maximumTries: number): number => 5 * maximumTries + 1;

/** Before the second try, in seconds; it doubles from one to the next … */
const FIRST_DELAY = 5;
/** … up to this. */
const LONGEST_DELAY = 600;

/**
 * How long a message waits for its next try, in seconds: a little more or less, so that those that failed together
 * don't all come back at once.
 * @param receives how often it was received
 */
export function delayAfter(receives: number): number {
  const delay = Math.min(LONGEST_DELAY, FIRST_DELAY * 2 ** (receives - 1));
  return Math.ceil(delay * (0.75 + Math.random() / 2));
}
