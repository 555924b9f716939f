import { setFlagsFromString } from 'node:v8';
import { GetObjectCommand } from '@aws-sdk/client-s3';
import { SFNClient } from '@aws-sdk/client-sfn';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import { engine } from '@facedrop/engine';
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import { Labels } from '../shared/labels.ts';
import { Photos } from '../shared/photos.ts';
import { createStores } from '../shared/runtime.ts';
import { apiSettings } from '../shared/settings.ts';
import { instrument } from '../shared/telemetry.ts';
import { maximumBudget } from '../training/shared/budget.ts';
import { DataSets } from '../training/shared/data-sets.ts';
import { Director } from '../training/shared/director.ts';
import { trainingSettings } from '../training/shared/runtime.ts';
import { Trainings } from '../training/shared/trainings.ts';
import { iamAccess, keyAccess } from './access.ts';
import { Allowances } from './allowance.ts';
import { createApp } from './app.ts';
import { toRequest, toResult } from './gateway.ts';
import { Identities } from './identities.ts';
import { Keys } from './keys.ts';
import { PhotoStore } from './photo-store.ts';
import { internalError } from './problem.ts';

// Nearly all that a request leaves behind lies outside the heap: photos and tensors, a few megabytes. V8 counts it in,
// and as the heap is small, would collect everything at every fifth request: a seventh of all the CPU time. With
// this it does so at every fiftieth, and the process takes 30 MB more.
setFlagsFromString('--heap-growing-percent=200');

const settings = apiSettings();
const training = trainingSettings();
const { dynamo, s3, items, chips, models, ...telemetry } = createStores(settings);
// Loaded while the function starts, when Lambda gives it more of the processor.
const loading = [engine.loadDetector(), models.estimators()];
// Whoever needs the network learns of a failure.
for (const network of loading) network.catch(() => {});

const labels = new Labels(s3, settings.LABEL_BUCKET);
const photos = new Photos(s3, settings.MAXIMUM_BYTES, settings.SKIP_PREFIXES);

const { TRAINING_BUCKET, TRAINING_TABLE, TRAINING_MACHINE: machine } = training;
const director =
  machine === undefined
    ? undefined
    : new Director({
        machine,
        maximum: maximumBudget(),
        trainings: new Trainings(dynamo, TRAINING_TABLE),
        sfn: new SFNClient(),
        sets: new DataSets({ client: s3, bucket: TRAINING_BUCKET, labelBucket: settings.LABEL_BUCKET }),
      });

const report = (error: unknown) =>
  telemetry.logger.error('Could not answer a request', error instanceof Error ? error : String(error));

const app = createApp({
  accessMode: settings.API_ACCESS,
  access:
    settings.API_ACCESS === 'iam'
      ? iamAccess(
          new Identities(new Allowances(dynamo, settings.KEY_TABLE), {
            requestsPerSecond: settings.IDENTITY_RATE,
            requestsPerDay: settings.IDENTITY_QUOTA,
          }),
          settings.API_ADMINS,
        )
      : keyAccess(new Keys(dynamo, settings.KEY_TABLE)),
  engine,
  models,
  version: settings.VERSION,
  photos,
  bucket: settings.PHOTO_BUCKET,
  maximumBytes: settings.MAXIMUM_BYTES,
  store: new PhotoStore(
    { client: dynamo, table: settings.TABLE_NAME },
    { client: s3, bucket: settings.PHOTO_BUCKET },
    { items, photos, chips, labels },
  ),
  labels,
  director,
  signReport: (Key) =>
    getSignedUrl(s3, new GetObjectCommand({ Bucket: TRAINING_BUCKET, Key }), { expiresIn: 3600 }),
  uploadOrigin: settings.UPLOAD_ORIGIN,
  analysis: {
    minimumConfidence: settings.MINIMUM_CONFIDENCE,
    maximumFaces: settings.MAXIMUM_FACES,
    maximumPixels: settings.MAXIMUM_PIXELS,
  },
  report,
});

/** Nothing of what goes wrong leaves, even where the app itself has no part in it. */
async function answer(event: APIGatewayProxyEventV2): Promise<APIGatewayProxyStructuredResultV2> {
  try {
    return await toResult(await app.fetch(toRequest(event), { event }));
  } catch (error) {
    report(error);
    return toResult(internalError().toResponse());
  }
}

export const handler = instrument<APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2>(
  telemetry,
).handler(answer);
