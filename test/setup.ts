import type { RunningStack } from '../local/start.ts';
import { prepareTensorFlow } from '../training/native.ts';
import { globalSetup as cacheCompiled } from './compile-cache.ts';
import { startTestStack } from './stack.ts';

let running: RunningStack | undefined;

/** Run by Node's test runner before the first test file. */
export async function globalSetup(): Promise<void> {
  cacheCompiled();
  // Both take their time the first time.
  [running] = await Promise.all([startTestStack(), prepareTensorFlow()]);
}

/** Run by Node's test runner after the last test file. */
export async function globalTeardown(): Promise<void> {
  await running?.stop();
}
