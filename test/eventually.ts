import { setTimeout as sleep } from 'node:timers/promises';

/** How long to wait for something that has to come, in milliseconds: for much of it many others come first. */
export const PATIENCE = 600_000;

/** Waits until something is so. */
export async function eventually(condition: () => Promise<boolean>): Promise<void> {
  const deadline = Date.now() + PATIENCE;
  while (!(await condition())) {
    if (Date.now() > deadline) throw new Error(`Expected within ${PATIENCE / 1000} s: ${condition}`);
    await sleep(250);
  }
}
