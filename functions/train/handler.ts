import * as z from 'zod';
import { instrument } from '../shared/telemetry.ts';
import { createTrainingRuntime } from '../trainings/runtime.ts';

const { trainings, ...telemetry } = createTrainingRuntime();
let calls = 0;

async function train(input: unknown): Promise<{ status: string }> {
  const { id } = z.object({ id: z.string() }).parse(input);
  const training = await trainings.find(id);
  await trainings.note(training, { status: 'training' });
  return { status: ++calls % 3 === 0 ? 'finished' : 'continue' };
}

export const handler = instrument<unknown, { status: string }>(telemetry).handler(train);
