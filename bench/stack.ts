import path from 'node:path';
import { LOCAL } from '../local/stack.ts';
import { type RunningStack, startLocalStack } from '../local/start.ts';

/** An empty local stack to measure on, apart from the one of `npm start`. */
export const startBenchStack = (): Promise<RunningStack> =>
  startLocalStack({ folder: path.join(LOCAL, 'bench'), fresh: true });
