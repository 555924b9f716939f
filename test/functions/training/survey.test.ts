import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, beforeEach, describe, it } from 'node:test';
import { S3Client } from '@aws-sdk/client-s3';
import type { KeptCorrection } from '../../../attributes/correction.ts';
import { budgetWithin, FLEETING_DAYS, fleetingSince } from '../../../functions/training/shared/budget.ts';
import { DataSets } from '../../../functions/training/shared/data-sets.ts';
import { surveyDataSet } from '../../../functions/training/survey/survey.ts';
import { batchSchema } from '../../../training/dataset/batch.ts';
import { PREPARATION, type Shard } from '../../../training/dataset/prepared.ts';

/** Buckets whose objects are as old as a test wants them, which the local AWS has none of: `/bucket/key`. */
const objects = new Map<string, { body: string; at: Date }>();
const server = createServer(async (request, response) => {
  const url = new URL(request.url ?? '', 'http://localhost');
  const path = decodeURIComponent(url.pathname);
  if (request.method === 'PUT') {
    const parts: Buffer[] = [];
    for await (const part of request) parts.push(part);
    objects.set(path, { body: Buffer.concat(parts).toString(), at: new Date() });
    return response.end();
  }
  const prefix = url.searchParams.get('prefix');
  if (prefix === null) {
    const { body } = objects.get(path) ?? {};
    if (body === undefined) response.writeHead(404, { 'content-type': 'application/xml' });
    return response.end(body ?? '<Error><Code>NoSuchKey</Code></Error>');
  }
  const bucket = `${path.replace(/\/$/, '')}/`;
  const entries = [...objects]
    .filter(([key]) => key.startsWith(bucket + prefix))
    .map(([key, { body, at }]) => {
      const name = `<Key>${key.slice(bucket.length)}</Key>`;
      return `<Contents>${name}<LastModified>${at.toISOString()}</LastModified><ETag>${key.length}</ETag><Size>${body.length}</Size></Contents>`;
    });
  response.end(`<ListBucketResult><IsTruncated>false</IsTruncated>${entries.join('')}</ListBucketResult>`);
});
await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
const client = new S3Client({
  endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
  region: 'us-east-1',
  forcePathStyle: true,
  requestChecksumCalculation: 'WHEN_REQUIRED',
  credentials: { accessKeyId: 'none', secretAccessKey: 'none' },
});
after(() => {
  client.destroy();
  server.close();
});

const DAY = 86_400_000;
const box = { x: 10, y: 10, width: 50, height: 50 };
const correction = (age: number): KeptCorrection => ({
  label: { age, gender: 'F', consent: true, labelledAt: new Date().toISOString() },
  crop: box,
  estimate: {
    ...{ box, confidence: 0.9 },
    landmarks: Array.from({ length: 5 }, () => ({ x: 20, y: 20 })) as KeptCorrection['estimate']['landmarks'],
  },
});
const put = (path: string, body: unknown, at = new Date()) =>
  objects.set(path, { body: typeof body === 'string' ? body : JSON.stringify(body), at });

const sets = new DataSets({ client, bucket: 'training', labelBucket: 'labels' });
const survey = (minutes: number) => surveyDataSet(sets, client, 'corrections', fleetingSince({ minutes }));

describe('corrections', () => {
  beforeEach(() => {
    objects.clear();
    put('/labels/owner/photo/0.json', correction(31));
    put('/labels/owner/photo/0.jpg', 'a picture');
  });

  /** Prepares what there is to prepare, as if it had been done some days ago. */
  async function prepare(days: number): Promise<void> {
    const { work } = await survey(1);
    for (const { prefix, batch: name } of work) {
      const batch = batchSchema.parse(
        JSON.parse(objects.get(`/training/${prefix}${name}.batch.json`)?.body ?? ''),
      );
      const shard: Shard = {
        ...{ preparation: PREPARATION, batch: batch.hash, rejections: [] },
        faces: batch.photos.map((photo) => ({
          ...photo,
          ...{ hash: '0'.repeat(64), split: 'train', facesFound: 1, offset: 0, length: 1 },
        })),
      };
      put(`/training/${prefix}${name}.json`, shard, new Date(Date.now() - days * DAY));
    }
  }

  it('are prepared again where their faces would be deleted before the training is over', async () => {
    assert.equal((await survey(60)).work.length, 1);
    await prepare(3);
    const { work, faces } = await survey(60);
    assert.deepEqual([work.length, faces.train], [0, 1]);
    assert.equal((await survey(4 * 1440)).work.length, 1, '3 and 4 days are as many as there are');
  });

  it('are trained on no longer than their faces last', () => {
    const maximum = { minutes: 20_160, dollars: 1 };
    assert.equal(budgetWithin(maximum, {}, false).minutes, 20_160);
    const { minutes } = budgetWithin(maximum, {}, true);
    assert.ok(minutes < FLEETING_DAYS * 1440);
    // What was just prepared for the longest one does for it, or it would be prepared for ever.
    assert.ok(fleetingSince({ minutes }).getTime() <= Date.now() - DAY);
    assert.throws(() => budgetWithin(maximum, { minutes: minutes + 1 }, true), {
      message: `Expected a budget of at most ${minutes} minutes but received ${minutes + 1}. Ask for less: faces of corrections are deleted after 7 days.`,
    });
    assert.throws(() => budgetWithin({ ...maximum, minutes: 60 }, { minutes: 61 }, true), {
      message: /Ask for less, or deploy the stack with a higher maximumTrainingMinutes\.$/,
    });
  });

  it('are named by nothing that outlives them', async () => {
    put('/labels/owner/spoilt/0.json', {});
    put('/labels/owner/spoilt/0.jpg', 'another picture');
    const { work, warnings } = await survey(60);
    assert.match(warnings.join(), /^labels with a value that is not understood \(1\),?/);
    for (const text of [JSON.stringify(work), warnings.join()]) assert.doesNotMatch(text, /owner|"age"/);
    objects.delete('/labels/owner/photo/0.json');
    objects.delete('/labels/owner/photo/0.jpg');
    await assert.rejects(
      survey(60),
      ({ message }: Error) => /\(1\)/.test(message) && !message.includes('owner'),
    );
  });
});
