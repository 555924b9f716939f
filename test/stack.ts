import { mkdir, readdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { after } from 'node:test';
import { isRunning } from '../local/process.ts';
import { LOCAL, type LocalStack, readLocalStack } from '../local/stack.ts';
import type { RunningStack } from '../local/start.ts';

/** Where test runs' stacks keep everything. */
const FOLDER = path.join(LOCAL, 'test');

/**
 * The stack that the tests of one run share, with real functions; each test uses keys of its own. A test file
 * that is run by itself starts one for itself. Commands that the test runs find it too.
 */
export async function testStack(): Promise<LocalStack> {
  const folder = process.env.FACEDROP_FOLDER;
  const shared = folder === undefined ? undefined : await readLocalStack(folder);
  if (shared) return shared;
  const own = await startTestStack();
  after(() => own.stop());
  return own.stack;
}

/** Starts an empty stack for tests, and leads this process and those that it starts to it. */
export async function startTestStack(context: Readonly<Record<string, unknown>> = {}): Promise<RunningStack> {
  await removeLeftovers();
  const folder = path.join(FOLDER, String(process.pid));
  // Loaded here: tests that have a stack already need not wait for the CDK.
  const { startLocalStack } = await import('../local/start.ts');
  const running = await startLocalStack({ context, folder, fresh: true });
  process.env.FACEDROP_FOLDER = folder;
  return {
    ...running,
    stop: async () => {
      await running.stop();
      await rm(folder, { recursive: true, maxRetries: 5, retryDelay: 200 });
    },
  };
}

/** Removes what killed test runs left: each folder is named after its process. */
async function removeLeftovers(): Promise<void> {
  await mkdir(FOLDER, { recursive: true });
  for (const name of await readdir(FOLDER)) {
    if (!(await isRunning({ pid: Number(name) })))
      await rm(path.join(FOLDER, name), { recursive: true, force: true });
  }
}
