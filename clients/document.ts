import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { S3Client } from '@aws-sdk/client-s3';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { keyAccess } from '../functions/api/access.ts';
import { createApp } from '../functions/api/app.ts';
import { Keys } from '../functions/api/keys.ts';
import { PhotoStore } from '../functions/api/photo-store.ts';
import { ChipStore } from '../functions/shared/chip-store.ts';
import { Items } from '../functions/shared/items.ts';
import { Labels } from '../functions/shared/labels.ts';
import { Models } from '../functions/shared/models.ts';
import { Photos } from '../functions/shared/photos.ts';
import { engine } from '../layers/onnx/index.ts';
import { openRegistry } from '../models/registry.ts';
import packageJson from '../package.json' with { type: 'json' };

/** @returns the OpenAPI document, as a stack on which callers have API keys serves it; no stack need run */
export async function describeApi(): Promise<string> {
  // Never called: a description needs no data.
  const s3 = new S3Client({ region: 'us-east-1' });
  const dynamo = DynamoDBDocumentClient.from(new DynamoDBClient({ region: 'us-east-1' }));
  const nowhere = 'none';
  const photos = new Photos(s3, 1);
  const labels = new Labels(s3, nowhere);
  const app = createApp({
    accessMode: 'key',
    access: keyAccess(new Keys(dynamo, nowhere)),
    engine,
    models: new Models({
      engine,
      parts: [],
      registry: openRegistry({ client: s3, bucket: nowhere }),
      report: () => {},
    }),
    version: packageJson.version,
    photos,
    bucket: nowhere,
    maximumBytes: 1,
    store: new PhotoStore(
      { client: dynamo, table: nowhere },
      { client: s3, bucket: nowhere },
      { items: new Items(dynamo, nowhere), photos, chips: new ChipStore(s3, nowhere), labels },
    ),
    labels,
    director: undefined,
    signReport: async (key) => key,
    uploadOrigin: 'https://example.com',
    analysis: { minimumConfidence: 0.5, maximumFaces: 100, maximumPixels: 1 },
    report: (error) => {
      throw error;
    },
  });
  const answer = await app.request('/openapi.json');
  return answer.text();
}
