import { instrument } from '../shared/telemetry.ts';
import { createTrainingRuntime } from '../trainings/runtime.ts';

const { trainings, ...telemetry } = createTrainingRuntime();

async function judge(input: unknown): Promise<void> {
  telemetry.logger.info('judge', { input: JSON.stringify(input), trainings: trainings !== undefined });
}

export const handler = instrument<unknown, void>(telemetry).handler(judge);
