import { z } from '@hono/zod-openapi';
import { NETWORK_NAMES } from '../../networks/names.ts';
import { optimizerSchema } from '../../training/spec.ts';
import { budgetSchema } from '../training/shared/budget.ts';
import {
  pointSchema,
  progressSchema,
  resultSchema,
  STATUSES,
  startSchema,
  TRAINING_ID,
  trainingFailureSchema,
  trainingSchema,
} from '../training/shared/training.ts';
import { wholeNumber } from './schemas.ts';

/** What goes over the wire about trainings, made of the schemas that the trainings themselves use. */

// Schemas made elsewhere get their names in the description here.
const budget = budgetSchema.extend({}).openapi('TrainingBudget');
const status = z
  .enum(STATUSES)
  .describe(
    '`preparing`, `training` and `judging`: the training is running; the others: how it ended. `skipped`: the schedule started it while another training of its task was running',
  )
  .openapi('TrainingStatus');
const id = z.string().regex(TRAINING_ID, 'the id of a training');

/** Whether a network can learn what is asked for is no part of a description: the route answers that. */
export const startTrainingSchema = z
  .strictObject({
    ...startSchema.shape,
    data: startSchema.shape.data.describe(
      'Names of the data sets to learn from, together if there are several; `corrections`: the corrections made through this API',
    ),
    optimizer: optimizerSchema.optional().describe("Default: the network's usual one"),
    budget: budgetSchema
      .partial()
      .optional()
      .describe(
        'Ends the training after this many minutes, or this many US dollars at list price. The default, and the ' +
          'maximum, is what the stack allows',
      ),
  })
  .openapi('TrainingStart');

export const trainingAnswerSchema = trainingSchema
  .pick({
    task: true,
    createdAt: true,
    updatedAt: true,
    endedAt: true,
    cancelRequestedAt: true,
    warnings: true,
  })
  .extend({
    id,
    data: z.array(z.string()).describe('Names of the data sets'),
    network: z.enum(NETWORK_NAMES),
    status,
    budget,
    faces: z
      .record(z.string(), z.int())
      .optional()
      .describe('How many faces there are for training, validation and test')
      .openapi('FaceCounts'),
    progress: progressSchema.extend({}).openapi('TrainingProgress').optional(),
    curve: z
      .array(pointSchema.extend({}).openapi('CurvePoint'))
      .optional()
      .describe('Losses so far, at up to a hundred steps'),
    seconds: z.number().optional().describe('How many seconds it has trained so far'),
    dollars: z.number().optional().describe('What these seconds cost in US dollars, at list price'),
    result: resultSchema.omit({ report: true }).openapi('TrainingResult').optional(),
    report: z
      .url()
      .optional()
      .describe('Where the report can be read for the next hour; only when a single training is requested'),
    failure: trainingFailureSchema.extend({}).openapi('TrainingFailure').optional(),
  })
  .openapi('Training');
export type TrainingAnswer = z.infer<typeof trainingAnswerSchema>;

export const trainingListQuerySchema = z.object({
  limit: wholeNumber(1, 100).default(20).openapi({ type: 'integer', minimum: 1, maximum: 100, default: 20 }),
});

export const trainingListSchema = z
  .object({ trainings: z.array(trainingAnswerSchema) })
  .openapi('TrainingList');

export const trainingParamsSchema = z.object({ id });
