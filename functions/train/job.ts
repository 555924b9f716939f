import { tmpdir } from 'node:os';
import path from 'node:path';
import * as z from 'zod';
import { createTrainingRuntime } from '../trainings/runtime.ts';
import { Trainer } from './trainer.ts';

/** What a job of AWS Batch runs: the whole training in one go. Should it be interrupted, another try goes on. */
const settings = z
  .object({ TRAINING_ID: z.string(), DOLLARS_PER_HOUR: z.coerce.number().positive() })
  .parse(process.env);

const runtime = createTrainingRuntime();
const trainer = new Trainer({ ...runtime, directory: path.join(tmpdir(), 'facedrop') });
const { status } = await trainer.train(settings.TRAINING_ID, {
  dollarsPerSecond: settings.DOLLARS_PER_HOUR / 3600,
});
if (status === 'continue') throw new Error('Expected a job without a deadline to end only for good.');
await runtime.trainings.note(await runtime.trainings.find(settings.TRAINING_ID), { outcome: status });
