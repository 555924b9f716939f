import path from 'node:path';
import { LOCAL, type LocalStack, readLocalStack } from '../local/stack.ts';
import { startLocalStack } from '../local/start.ts';

/**
 * Measures on the stack in FACEDROP_FOLDER, or else on an empty one of its own, apart from that of `npm start`. Ends
 * the process afterwards: clients keep their connections.
 */
export async function onStack(measure: (stack: LocalStack) => Promise<void>): Promise<never> {
  const folder = process.env.FACEDROP_FOLDER;
  const running = folder === undefined ? undefined : await readLocalStack(folder);
  if (running) {
    await measure(running);
  } else {
    const own = await startLocalStack({ folder: path.join(LOCAL, 'bench'), fresh: true });
    try {
      await measure(own.stack);
    } finally {
      await own.stop();
    }
  }
  process.exit();
}
