import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { S3Client } from '@aws-sdk/client-s3';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod';
import { WEIGHTS } from '../../../layers/recipe.ts';
import { createTelemetry } from '../../shared/telemetry.ts';
import { DataSets } from './data-sets.ts';
import { Trainings } from './trainings.ts';

/** The functions' environment, set by the stack. */
const trainingSettingsSchema = z.object({
  TRAINING_BUCKET: z.string().min(1),
  TRAINING_TABLE: z.string().min(1),
  LABEL_BUCKET: z.string().default(''),
  TRAINING_DAYS: z.coerce.number().int().min(0).default(0),
  WEIGHTS: z.enum(WEIGHTS).default('best'),
  /** ARN of the state machine; absent where there is no trainer. */
  TRAINING_MACHINE: z.string().optional(),
});

/** @throws ZodError naming the variables that are missing or malformed */
export const trainingSettings = () => trainingSettingsSchema.parse(process.env);

/** What every function of a training needs. */
export function createTrainingRuntime() {
  const settings = trainingSettings();
  const telemetry = createTelemetry();
  const dynamo = DynamoDBDocumentClient.from(new DynamoDBClient(), {
    marshallOptions: { removeUndefinedValues: true },
  });
  const s3 = new S3Client();
  const bucket = settings.TRAINING_BUCKET;
  return {
    ...telemetry,
    s3,
    bucket,
    permissive: settings.WEIGHTS === 'permissive',
    sets: new DataSets({ client: s3, bucket, labelBucket: settings.LABEL_BUCKET }),
    keepDays: settings.TRAINING_DAYS,
    trainings: new Trainings(dynamo, settings.TRAINING_TABLE),
  };
}
