import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Context } from 'aws-lambda';
import { trainingTime } from '../shared/budget.ts';
import { type TrainAnswer, trainingEventSchema } from '../shared/events.ts';
import { createTrainingRuntime } from '../shared/runtime.ts';
import { priceOf } from '../shared/training.ts';
import { createTrainingWorker } from '../shared/worker.ts';
import { Trainer } from './trainer.ts';

const runtime = createTrainingRuntime();
// By the process: where functions share a machine, another one may be training for the other task.
const trainer = new Trainer({ ...runtime, directory: path.join(tmpdir(), `facedrop-${process.pid}`) });

/** Trains for as long as the function may run, from the last checkpoint on. */
async function train(input: unknown, context: Context): Promise<TrainAnswer> {
  const { id } = trainingEventSchema.parse(input);
  const deadline = new Date(Date.now() + trainingTime(context.getRemainingTimeInMillis()));
  return trainer.train(id, { deadline, dollarsPerSecond: priceOf(Number(context.memoryLimitInMB)) });
}

export const handler = createTrainingWorker(runtime, train);
