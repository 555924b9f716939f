import pLimit from 'p-limit';
import { TimeoutError } from 'p-timeout';

/**
 * Does pieces of work one after another. One whose turn does not come before its deadline is not begun: nobody waits for it
 * any longer, and it would take the time of what the function is asked next.
 */
export function oneAtATime(): <T>(deadline: Date, work: () => Promise<T>) => Promise<T> {
  const limit = pLimit(1);
  return (deadline, work) =>
    limit(() => {
      if (Date.now() >= deadline.getTime()) throw new TimeoutError('its turn did not come in time');
      return work();
    });
}
