import { tmpdir } from 'node:os';
import path from 'node:path';
import * as z from 'zod';
import { PERMANENT_EXIT } from '../shared/errors.ts';
import { createTrainingRuntime } from '../shared/runtime.ts';
import { concludeFailed, isPermanent } from '../shared/worker.ts';
import { Trainer } from './trainer.ts';

/** What a job of AWS Batch runs: the whole training in one go. Should it be interrupted, another try goes on. */
const settings = z
  .object({ TRAINING_ID: z.string(), DOLLARS_PER_HOUR: z.coerce.number().positive() })
  .parse(process.env);

const { TRAINING_ID: id } = settings;
const runtime = createTrainingRuntime();
const trainer = new Trainer({ ...runtime, directory: path.join(tmpdir(), 'facedrop') });
try {
  const { status } = await trainer.train(id, { dollarsPerSecond: settings.DOLLARS_PER_HOUR / 3600 });
  if (status === 'continue')
    throw new Error('Expected a job without a deadline to run to its end but it stopped early.');
  await runtime.trainings.note(await runtime.trainings.find(id), { outcome: status });
} catch (error) {
  if (!isPermanent(error)) throw error;
  // All that the state machine learns of a job is that it failed.
  await concludeFailed(runtime.trainings, id, error);
  runtime.logger.error('A training failed', error);
  process.exitCode = PERMANENT_EXIT;
}
