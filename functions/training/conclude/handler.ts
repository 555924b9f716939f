import * as z from 'zod';
import { instrument } from '../../shared/telemetry.ts';
import { describeEnd, describeFailure, UNHAPPY_ENDS } from '../shared/failure.ts';
import { createTrainingRuntime } from '../shared/runtime.ts';
import { isActive, type Status } from '../shared/training.ts';

const { trainings, logger, ...telemetry } = createTrainingRuntime();

/** From the state machine's states, or from Step Functions itself about an execution that ended. */
const eventSchema = z.union([
  z.object({ id: z.string(), status: z.enum(['finished', 'cancelled', 'over-budget']) }),
  z.object({ id: z.string(), error: z.object({ Error: z.string(), Cause: z.string().default('') }) }),
  z
    .object({
      name: z.string(),
      status: z.enum(UNHAPPY_ENDS),
      error: z.string().nullish(),
      cause: z.string().nullish(),
    })
    .transform(({ name, status, error, cause }) => ({
      id: name,
      end: status,
      error: { Error: error ?? 'unknown', Cause: cause ?? '' },
    })),
]);

/** Notes how a training ended, and frees its task for the next one. */
async function conclude(input: unknown): Promise<void> {
  const event = eventSchema.parse(input);
  // One that was refused before it began left no trace.
  const training = await trainings.get(event.id);
  if (!training) return;
  const isCancelled = training.cancelRequestedAt !== undefined && !training.result;
  if ('error' in event) {
    const stopped = 'end' in event && isCancelled;
    const failure = 'end' in event ? describeEnd(event.end, event.error) : describeFailure(event.error);
    if (isActive(training)) logger.error('A training failed', { id: event.id, failure, error: event.error });
    await trainings.conclude(event.id, stopped ? { status: 'cancelled' } : { status: 'failed', failure });
    return;
  }
  const status: Status = event.status !== 'finished' ? event.status : isCancelled ? 'cancelled' : 'done';
  await trainings.conclude(event.id, { status });
}

export const handler = instrument<unknown, void>({ logger, ...telemetry }).handler(conclude);
