import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { PartName } from '../../../attributes/list.ts';
import { OWN } from '../../../attributes/own/definition.ts';
import { ServedGallery } from '../../../functions/shared/gallery.ts';
import { hasty } from '../../../functions/shared/hasty.ts';
import { Models } from '../../../functions/shared/models.ts';
import { isPassing } from '../../../functions/shared/passing.ts';
import { createOnnxEngine } from '../../../layers/onnx/engine.ts';
import { buildModels } from '../../../models/build/build.ts';
import { openGallery } from '../../../models/gallery.ts';
import { openRegistry } from '../../../models/registry.ts';
import { s3That } from './s3.ts';

/** S3 as it is out of order, or with an empty bucket. */
let status = 503;
const client = await s3That((request, response) => {
  const isList = request.url?.includes('list-type=2');
  const code = status === 200 ? 'NoSuchKey' : status === 403 ? 'AccessDenied' : 'ServiceUnavailable';
  response.writeHead(status === 200 && !isList ? 404 : status, { 'content-type': 'application/xml' });
  response.end(
    status === 200 && isList
      ? '<ListBucketResult><IsTruncated>false</IsTruncated></ListBucketResult>'
      : `<Error><Code>${code}</Code><Message>As the test wants it</Message></Error>`,
  );
});

async function start(parts: readonly PartName[], options: { certainFor?: number } = {}) {
  const reports: string[] = [];
  const models = new Models({
    engine: createOnnxEngine(await buildModels()),
    parts,
    registry: openRegistry({ client, bucket: 'training' }),
    report: (message) => reports.push(message),
    ...options,
  });
  return { models, reports };
}

test('while the registry never answered nobody says what is in service, and no wish is refused', async () => {
  for (const parts of [[OWN], ['age']] as const) {
    status = 503;
    const { models, reports } = await start(parts);
    await assert.rejects(models.service(['glasses']), isPassing);
    await assert.rejects(models.estimators(), isPassing);
    status = 403;
    await assert.rejects(models.service(), { name: 'AccessDenied' });
    assert.deepEqual(reports, []);
    // Not half a minute later, but with the next try.
    status = 200;
    await assert.rejects(models.service(['glasses']), { name: 'NotOnError' });
  }
});

test('what it last said holds while it is out of reach', async () => {
  status = 200;
  const { models, reports } = await start(['age', OWN], { certainFor: 0 });
  const { attributes } = await models.service();
  status = 503;
  assert.deepEqual((await models.service()).attributes, attributes);
  assert.deepEqual(reports.length, 2);
});

test('nobody is said to be in a gallery that never answered; one that did stays as it was', async () => {
  const reports: string[] = [];
  const gallery = new ServedGallery({
    store: openGallery({ client, bucket: 'training' }),
    recognizer: { name: 'face-recognition-net', version: '1' },
    report: (message) => reports.push(message),
    certainFor: 0,
  });
  status = 503;
  await assert.rejects(gallery.get(), isPassing);
  status = 200;
  assert.deepEqual(await gallery.get(), []);
  assert.deepEqual(reports, []);
  status = 503;
  assert.deepEqual(await gallery.get(), []);
  assert.equal(reports.length, 1);
});

test('a registry that does not answer, or stops in the middle of an answer, is not waited for', {
  timeout: 60_000,
}, async () => {
  for (const begin of [false, true]) {
    let asked = 0;
    const silent = await s3That((_, response) => {
      asked += 1;
      if (begin) response.writeHead(200, { 'content-length': '100' }).write('{');
    }, hasty(200));
    await assert.rejects(openRegistry({ client: silent, bucket: 'training' }).live('age'), isPassing);
    // The client itself asks again only where no answer began.
    assert.equal(asked, begin ? 1 : 2);
  }
});
