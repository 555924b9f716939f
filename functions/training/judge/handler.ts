import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { engine } from '@facedrop/engine';
import * as z from 'zod';
import { trainingEventSchema } from '../shared/events.ts';
import { createTrainingRuntime } from '../shared/runtime.ts';
import { createTrainingWorker } from '../shared/worker.ts';
import { judge } from './judgement.ts';

const runtime = createTrainingRuntime();
const { trainings, s3, bucket } = runtime;

const { margins, promoteCorrections } = z
  .object({
    PROMOTION_FACES: z.coerce.number().int().min(1),
    PROMOTION_YEARS: z.coerce.number().min(0),
    PROMOTION_SHARE: z.coerce.number().min(0),
    PROMOTE_CORRECTIONS: z.stringbool(),
  })
  .transform((variables) => ({
    margins: {
      minimumFaces: variables.PROMOTION_FACES,
      years: variables.PROMOTION_YEARS,
      share: variables.PROMOTION_SHARE,
    },
    promoteCorrections: variables.PROMOTE_CORRECTIONS,
  }))
  .parse(process.env);

const handle = async (input: unknown): Promise<void> => {
  const { id } = trainingEventSchema.parse(input);
  const training = await trainings.note(await trainings.find(id), { status: 'judging' });
  // It was interrupted after the last thing it does; or nobody is waiting for it any longer.
  if (training.result || training.cancelRequestedAt) return;
  const directory = await mkdtemp(path.join(tmpdir(), 'judge-'));
  try {
    const result = await judge(training, directory, { s3, bucket, margins, promoteCorrections, engine });
    await trainings.note(training, { result });
  } finally {
    await rm(directory, { recursive: true });
  }
};

export const handler = createTrainingWorker(runtime, handle);
