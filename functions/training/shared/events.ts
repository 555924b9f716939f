import * as z from 'zod';
import { batchSchema } from '../../../training/dataset/batch.ts';

/** What the state machine sends to the functions of a training, and what they answer. */

/** Names the training that a function is to work on. */
export const trainingEventSchema = z.object({ id: z.string() });

export const surveyEventSchema = trainingEventSchema.extend({
  /** ARN of the execution. */
  execution: z.string(),
  /** What it was started with. */
  start: z.unknown(),
});

export interface SurveyAnswer {
  /** Whether nothing is to be done for it: it was skipped, or has ended. */
  readonly ended: boolean;
  /** Key of the list of batches that are to be prepared. */
  readonly batches: string;
  /** How many there are. */
  readonly count: number;
}

/** A batch of photos whose faces are to be cut out. */
export const workSchema = z.object({
  /** The data set. */
  name: z.string(),
  /** Where the shard goes. */
  prefix: z.string(),
  batch: batchSchema,
});
export type Work = z.infer<typeof workSchema>;

export const prepareEventSchema = trainingEventSchema.extend({ work: workSchema });

export interface TrainAnswer {
  readonly status: 'continue' | 'finished' | 'cancelled' | 'over-budget';
}
