import type { Context } from 'aws-lambda';
import { instrument, type Telemetry } from '../../shared/telemetry.ts';
import { PERMANENT_ERRORS } from './errors.ts';
import { trainingEventSchema } from './events.ts';
import { describeFailure } from './failure.ts';
import type { Trainings } from './trainings.ts';

/**
 * A handler for a step of a training. What trying again does not help against ends the training at once, with the
 * reason; whatever the state machine does about it afterwards finds it ended.
 */
export function createTrainingWorker<Answer>(
  { trainings, ...telemetry }: Telemetry & { readonly trainings: Trainings },
  work: (event: unknown, context: Context) => Promise<Answer>,
) {
  return instrument<unknown, Answer>(telemetry).handler(async (event: unknown, context: Context) => {
    try {
      return await work(event, context);
    } catch (error) {
      if (isPermanent(error)) await concludeFailed(trainings, trainingEventSchema.parse(event).id, error);
      throw error;
    }
  });
}

/** Whether trying again does not help against it. */
export const isPermanent = (error: unknown): error is Error =>
  error instanceof Error && PERMANENT_ERRORS.includes(error.name);

/** Ends a training for a reason. */
export async function concludeFailed(trainings: Trainings, id: string, error: Error): Promise<void> {
  const failure = describeFailure({ Error: error.name, Cause: error.message });
  // One that was refused before it began left no trace.
  if (await trainings.get(id)) await trainings.conclude(id, { status: 'failed', failure });
}
