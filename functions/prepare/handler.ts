import { instrument } from '../shared/telemetry.ts';
import { createTrainingRuntime } from '../trainings/runtime.ts';

const { trainings, ...telemetry } = createTrainingRuntime();

async function prepare(input: unknown): Promise<void> {
  telemetry.logger.info('prepare', { input: JSON.stringify(input), trainings: trainings !== undefined });
}

export const handler = instrument<unknown, void>(telemetry).handler(prepare);
