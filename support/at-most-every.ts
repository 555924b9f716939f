/**
 * Does something again when it is asked for, at most once in an interval, in milliseconds; until the next time everybody
 * waits for the same run. After a failure it is done again at once.
 */
export function atMostEvery(interval: number, work: () => Promise<void>): () => Promise<void> {
  let last = Number.NEGATIVE_INFINITY;
  let running = Promise.resolve();
  return () => {
    if (Date.now() - last >= interval) {
      last = Date.now();
      running = work().catch((error: unknown) => {
        last = Number.NEGATIVE_INFINITY;
        throw error;
      });
    }
    return running;
  };
}
