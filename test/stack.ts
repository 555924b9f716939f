import { mkdir, readdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { after } from 'node:test';
import { SetQueueAttributesCommand, SQSClient } from '@aws-sdk/client-sqs';
import { isRunning } from '../local/process.ts';
import { LOCAL, type LocalStack, readLocalStack } from '../local/stack.ts';
import type { RunningStack } from '../local/start.ts';
import { queuesOf } from './estimators.ts';

/** Retries are few and come soon. */
const CONTEXT = { timeout: 15, maximumTries: 2 };
const RETRY_AFTER_SECONDS = 5;

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
  const running = await startLocalStack({ context: { ...CONTEXT, ...context }, folder });
  // On AWS a queue's visibility time-out is longer than the function's time-out; tests can't wait that long.
  const { stack } = running;
  const sqs = new SQSClient(stack);
  for (const QueueUrl of queuesOf(stack)) {
    await sqs.send(
      new SetQueueAttributesCommand({
        QueueUrl,
        Attributes: { VisibilityTimeout: String(RETRY_AFTER_SECONDS) },
      }),
    );
  }
  sqs.destroy();
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
