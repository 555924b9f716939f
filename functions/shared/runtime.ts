import { Logger } from '@aws-lambda-powertools/logger';
import { Metrics } from '@aws-lambda-powertools/metrics';
import { Tracer } from '@aws-lambda-powertools/tracer';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { S3Client } from '@aws-sdk/client-s3';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { Announcer } from './announcer.ts';
import { Crops } from './crops.ts';
import { Items } from './items.ts';
import type { WorkerSettings } from './settings.ts';

/** What every function of the pipeline needs, made once when a function starts. */
export function createRuntime(settings: WorkerSettings) {
  const logger = new Logger();
  const metrics = new Metrics();
  const tracer = new Tracer();
  const s3 = tracer.captureAWSv3Client(new S3Client());
  const items = new Items(
    DynamoDBDocumentClient.from(tracer.captureAWSv3Client(new DynamoDBClient()), {
      marshallOptions: { removeUndefinedValues: true },
    }),
    settings.TABLE_NAME,
  );
  const crops = new Crops(s3, settings.CROP_BUCKET);
  const events = tracer.captureAWSv3Client(new EventBridgeClient());
  const announcer = new Announcer(events, settings.EVENT_BUS_NAME, items, crops, metrics);
  return { logger, metrics, tracer, s3, items, crops, announcer, maximumTries: settings.MAXIMUM_TRIES };
}
