import { type LocalStack, readLocalStack } from '../../local/stack.ts';

/** @throws Error when no local stack is running */
export async function runningStack(): Promise<LocalStack> {
  const stack = await readLocalStack(process.env.FACEDROP_STACK_FILE);
  if (!stack) throw new Error('Expected a local stack to be running. Run the tests with "npm test".');
  return stack;
}
