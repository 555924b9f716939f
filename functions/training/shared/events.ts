import * as z from 'zod';

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

/**
 * A batch of photos whose faces are to be cut out. Which ones, and their labels, lie beside the shard that is made of them:
 * what Step Functions is sent it keeps for 90 days.
 */
export const workSchema = z.object({
  /** The data set. */
  name: z.string(),
  /** Where the shard goes. */
  prefix: z.string(),
  /** Name of the shard. */
  batch: z.string(),
});
export type Work = z.infer<typeof workSchema>;

/** Key of the batch that a shard is made of. */
export const batchKey = ({ prefix, batch }: Pick<Work, 'prefix' | 'batch'>): string =>
  `${prefix}${batch}.batch.json`;

export const prepareEventSchema = trainingEventSchema.extend({ work: workSchema });

export interface TrainAnswer {
  readonly status: 'continue' | 'finished' | 'cancelled' | 'over-budget';
}
