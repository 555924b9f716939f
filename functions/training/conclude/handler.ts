import * as z from 'zod';
import { instrument } from '../../shared/telemetry.ts';
import { describeFailure } from '../shared/failure.ts';
import { createTrainingRuntime } from '../shared/runtime.ts';
import type { Status } from '../shared/training.ts';

const { trainings, logger, ...telemetry } = createTrainingRuntime();

const eventSchema = z.union([
  z.object({ id: z.string(), status: z.enum(['finished', 'cancelled', 'over-budget']) }),
  z.object({ id: z.string(), error: z.object({ Error: z.string(), Cause: z.string().default('') }) }),
]);

/** Notes how a training ended, and frees its task for the next one. */
async function conclude(input: unknown): Promise<void> {
  const event = eventSchema.parse(input);
  // One that was refused before it began left no trace.
  const training = await trainings.get(event.id);
  if (!training) return;
  if ('error' in event) {
    const failure = describeFailure(event.error);
    logger.error('A training failed', { id: event.id, failure, error: event.error });
    await trainings.conclude(event.id, { status: 'failed', failure });
    return;
  }
  const isCancelled = training.cancelRequestedAt !== undefined && !training.result;
  const status: Status = event.status !== 'finished' ? event.status : isCancelled ? 'cancelled' : 'done';
  await trainings.conclude(event.id, { status });
}

export const handler = instrument<unknown, void>({ logger, ...telemetry }).handler(conclude);
