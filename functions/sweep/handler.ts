import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { S3Client } from '@aws-sdk/client-s3';
import { SQSClient } from '@aws-sdk/client-sqs';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import type { Context } from 'aws-lambda';
import { Analyses } from '../shared/analyses.ts';
import { Announcer } from '../shared/announcer.ts';
import { ChipStore } from '../shared/chip-store.ts';
import { Items } from '../shared/items.ts';
import { Photos } from '../shared/photos.ts';
import { sweepSettings } from '../shared/settings.ts';
import { createTelemetry, instrument } from '../shared/telemetry.ts';
import { Sweep, type Swept } from './sweep.ts';

/** At once; the next sweep comes in a few minutes. */
const MAXIMUM_RESTARTS = 100;
/** Time left for answering, in milliseconds. */
const ANSWER_TIME = 5000;

const settings = sweepSettings();
const telemetry = createTelemetry();
const { logger, metrics } = telemetry;
const s3 = new S3Client();
const dynamo = DynamoDBDocumentClient.from(new DynamoDBClient(), {
  marshallOptions: { removeUndefinedValues: true },
});
const items = new Items(dynamo, settings.TABLE_NAME);
const chips = new ChipStore(s3, settings.CHIP_BUCKET);
const announcer = new Announcer(new EventBridgeClient(), settings.EVENT_BUS_NAME, items, metrics);
// It reads no photo.
const photos = new Photos(s3, 0);
const sweep = new Sweep(
  new SQSClient(),
  { items, chips },
  new Analyses({ items, photos, chips }, announcer, settings.ITEM_DAYS),
  {
    deadLetters: settings.DEAD_LETTERS,
    uploadQueue: settings.UPLOAD_QUEUE,
    photoBucket: settings.PHOTO_BUCKET,
    region: settings.AWS_REGION,
    maximumRestarts: MAXIMUM_RESTARTS,
    report: (message, error) => logger.error(message, error instanceof Error ? error : String(error)),
  },
);

export const handler = instrument<unknown, Swept>(telemetry).handler((_: unknown, context: Context) =>
  sweep.run(new Date(Date.now() + context.getRemainingTimeInMillis() - ANSWER_TIME)),
);
