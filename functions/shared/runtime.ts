import { MetricUnit } from '@aws-lambda-powertools/metrics';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { S3Client } from '@aws-sdk/client-s3';
import { SQSClient } from '@aws-sdk/client-sqs';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { engine } from '@facedrop/engine';
import { openGallery } from '../../models/gallery.ts';
import { openRegistry } from '../../models/registry.ts';
import { Announcer } from './announcer.ts';
import { ChipStore } from './chip-store.ts';
import { ServedGallery } from './gallery.ts';
import { hasty } from './hasty.ts';
import { Items } from './items.ts';
import { METRIC } from './metrics.ts';
import { Models } from './models.ts';
import type { StoreSettings, WorkerSettings } from './settings.ts';
import { createTelemetry } from './telemetry.ts';

/** Telemetry and stores: what every function needs, made once when a function starts. */
export function createStores(settings: StoreSettings) {
  const telemetry = createTelemetry();
  const { logger, metrics } = telemetry;
  const s3 = new S3Client();
  const dynamo = DynamoDBDocumentClient.from(new DynamoDBClient(), {
    marshallOptions: { removeUndefinedValues: true },
  });
  const items = new Items(dynamo, settings.TABLE_NAME);
  const chips = new ChipStore(s3, settings.CHIP_BUCKET);
  // Nobody waits long to learn of a new model: there is one in service.
  const training = { client: new S3Client(hasty()), bucket: settings.TRAINING_BUCKET };
  const report = (message: string, error: unknown) => {
    logger.error(message, error instanceof Error ? error : String(error));
    metrics.addMetric(METRIC.modelsNotLoaded, MetricUnit.Count, 1);
  };
  const models = new Models({
    engine,
    parts: settings.ATTRIBUTES,
    settings: { looksWeights: settings.LOOKS_WEIGHTS },
    gallery: (recognizer) => new ServedGallery({ store: openGallery(training), recognizer, report }),
    registry: openRegistry(training),
    report,
  });
  return { ...telemetry, s3, dynamo, items, chips, models };
}

/** What every function of the pipeline needs. */
export function createRuntime(settings: WorkerSettings) {
  const stores = createStores(settings);
  const { items, metrics } = stores;
  const announcer = new Announcer(new EventBridgeClient(), settings.EVENT_BUS_NAME, items, metrics);
  const queue = { client: new SQSClient(), url: settings.QUEUE_URL };
  return { ...stores, announcer, queue, maximumTries: settings.MAXIMUM_TRIES };
}
