import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { paginateListObjectsV2 } from '@aws-sdk/client-s3';
import { paginateScan } from '@aws-sdk/lib-dynamodb';
import { listSchema } from '../../../functions/api/schemas.ts';
import { Items } from '../../../functions/shared/items.ts';
import { PATIENCE } from '../../eventually.ts';
import { fixtures, samples } from '../../fixtures/index.ts';
import { assertProblem, Client, json, post } from './client.ts';

const client = await Client.create();
const hopper = new Uint8Array(await readFile(samples.hopper));

/** Everything that the stack holds and that names this text: keys of objects, items. */
async function traces(text: string): Promise<string[]> {
  const { s3, dynamo, stack } = client.target;
  const found: string[] = [];
  for (const Bucket of [stack.photoBucket, stack.chipBucket, stack.labelBucket]) {
    for await (const { Contents = [] } of paginateListObjectsV2({ client: s3 }, { Bucket })) {
      found.push(...Contents.flatMap(({ Key }) => (Key?.includes(text) ? Key : [])));
    }
  }
  for await (const { Items = [] } of paginateScan({ client: dynamo }, { TableName: stack.table })) {
    found.push(...Items.map((item) => JSON.stringify(item)).filter((item) => item.includes(text)));
  }
  return found;
}

describe('GET /photos?minimumQuality', () => {
  it('lists photos with a face whose picture is as good', async () => {
    const own = await Client.create();
    const ids: string[] = [];
    for (const file of [samples.hopper, samples.coffee]) {
      const id = await own.upload(new Uint8Array(await readFile(file)));
      await own.result(id);
      ids.push(id);
    }
    const listed = async (query: string) =>
      listSchema
        .parse(json(await own.send('GET', `photos${query}`)))
        .photos.map(({ id }) => id)
        .toSorted();
    assert.deepEqual(await listed(''), ids.toSorted());
    assert.deepEqual(await listed('?minimumQuality=0'), ids.slice(0, 1), 'The other one shows no face');
    assert.deepEqual(await listed('?minimumQuality=100'), []);
    assertProblem(await own.send('GET', 'photos?minimumQuality=101'), 'invalid-request');
  });

  it('looks at twenty photos for one answer, however many are asked for', async () => {
    const own = await Client.create();
    for (let count = 0; count < 22; count++) await own.prepare({ contentType: 'image/png' });
    const page = async (query: string) =>
      listSchema.parse(json(await own.send('GET', `photos?limit=100${query}`)));
    assert.equal((await page('')).photos.length, 22);
    const { photos, cursor } = await page('&minimumQuality=0');
    assert.deepEqual(photos, []);
    assert.ok(cursor);
    assert.equal((await page(`&minimumQuality=0&cursor=${cursor}`)).cursor, undefined);
  });
});

describe('POST /photos with attributes', () => {
  it('has only these estimated', async () => {
    const photo = await client.result(await client.upload(hopper, 'image/jpeg', ['age', 'quality']));
    assert.deepEqual(photo.wanted, ['age', 'quality']);
    assert.ok(photo.faces?.[0]?.age && photo.faces[0].quality && !photo.faces[0].gender);
    const { id, upload } = await client.prepare({ contentType: 'image/jpeg', attributes: ['age'] });
    assert.equal(upload.fields['x-amz-meta-attributes'], 'age');
    assert.equal((await client.send('DELETE', `photos/${id}`)).status, 204);
  });

  it('says how to turn on what is off', async () => {
    const ask = (attributes: unknown) =>
      client.sendJson('POST', 'photos', { contentType: 'image/jpeg', attributes });
    const { detail, errors } = assertProblem(await ask(['age', 'expression']), 'unknown-attribute');
    assert.match(
      detail,
      /received "expression"\. A deployment turns it on with -c attributes=age,gender,expression\.$/,
    );
    assert.deepEqual(errors, [
      { field: 'attributes', expected: 'any of age, gender, quality', received: '"expression"' },
    ]);
    for (const wrong of [[], ['Age'], 'age', ['age', 'age'], Array.from({ length: 51 }, (_, n) => `a${n}`)]) {
      assertProblem(await ask(wrong), 'invalid-request');
    }
  });
});

describe('POST /photos', () => {
  it('prepares an upload whose result is there soon after', async () => {
    const answer = await client.sendJson('POST', 'photos', { contentType: 'image/jpeg' });
    assert.equal(answer.status, 201);
    const { id, upload, expires } = await client.prepare({ contentType: 'image/jpeg' });
    const minutes = (Date.parse(expires) - Date.now()) / 60_000;
    assert.ok(minutes > 14 && minutes <= 15);

    const before = await client.send('GET', `photos/${id}`);
    assert.equal(before.status, 202);
    assert.deepEqual(json(before), { id, status: 'awaiting-upload' });

    assert.equal((await post(upload, hopper)).status, 204);
    const photo = await client.result(id);
    assert.equal(photo.status, 'done');
    assert.equal(photo.format, 'JPEG');
    assert.deepEqual([photo.width, photo.height, photo.bytes], [512, 600, hopper.length]);
    assert.equal(photo.faces?.length, 1);
    assert.equal(photo.faces[0]?.age?.group, '(60, 100)');
    assert.equal(photo.wanted, undefined);
    // Nothing that only the pipeline needs.
    assert.doesNotMatch(JSON.stringify(photo), /analysis|sequencer|etag|api\//);
  });

  it('gives every photo an address of its own', async () => {
    const answer = await client.sendJson('POST', 'photos', { contentType: 'image/png' });
    const { id } = JSON.parse(answer.bytes.toString());
    assert.equal(answer.headers.get('location'), `photos/${id}`);
    assert.match(id, /^[\w-]{32}$/);
    const ids = await Promise.all(
      Array.from({ length: 5 }, () => client.prepare({ contentType: 'image/png' })),
    );
    assert.equal(new Set(ids.map(({ id }) => id)).size, 5);
  });

  it('gives forms that take nothing but what was asked for', async () => {
    const { upload } = await client.prepare({ contentType: 'image/jpeg' });
    const exact = await client.prepare({ contentType: 'image/jpeg', bytes: 100 });
    const large = new Uint8Array(await readFile(await fixtures.oversized()));
    for (const [form, file] of [
      [{ ...upload, fields: { ...upload.fields, 'Content-Type': 'text/html' } }, hopper],
      [{ ...upload, fields: { ...upload.fields, key: `${upload.fields.key}x` } }, hopper],
      [{ ...upload, fields: { ...upload.fields, key: 'elsewhere.jpg' } }, hopper],
      [{ ...upload, fields: { ...upload.fields, acl: 'public-read' } }, hopper],
      [{ ...upload, fields: { ...upload.fields, Policy: Buffer.from('{}').toString('base64') } }, hopper],
      [upload, new Uint8Array()],
      [upload, large],
      [exact.upload, new Uint8Array(99)],
      [exact.upload, new Uint8Array(101)],
    ] as const) {
      const { status } = await post(form, file);
      assert.ok(status === 400 || status === 403, `${status}`);
    }
    assert.equal((await post(exact.upload, new Uint8Array(100))).status, 204);
  });

  it('refuses what can be no photo, naming the field', async () => {
    for (const [body, error] of [
      [
        { contentType: 'image/heic' },
        {
          field: 'contentType',
          expected: 'one of image/jpeg, image/png, image/apng, image/webp, image/avif, image/gif, image/tiff',
          received: '"image/heic"',
        },
      ],
      [
        { contentType: 'image/jpeg', bytes: 0 },
        { field: 'bytes', expected: 'at least 1', received: '0' },
      ],
      [
        { contentType: 'image/jpeg', bytes: 1.5 },
        { field: 'bytes', expected: 'a whole number', received: '1.5' },
      ],
      [
        { contentType: 'image/jpeg', name: '../x' },
        { field: 'name', expected: 'left out', received: '"../x"' },
      ],
      ['照片', { field: 'body', expected: 'an object', received: '"照片"' }],
    ] as const) {
      const answer = await client.sendJson('POST', 'photos', body);
      assert.equal(answer.status, 400);
      assert.deepEqual(assertProblem(answer, 'invalid-request').errors, [error]);
    }
    const large = await client.sendJson('POST', 'photos', { contentType: 'image/jpeg', bytes: 30_000_001 });
    assert.equal(large.status, 413);
    assert.equal(assertProblem(large, 'too-many-bytes').errors?.[0]?.field, 'bytes');
  });

  it('records why a photo failed', async () => {
    const id = await client.upload(new Uint8Array(await readFile(await fixtures.text())));
    const photo = await client.result(id);
    assert.equal(photo.status, 'failed');
    assert.equal(photo.failure?.code, 'not-an-image');
    assert.equal(photo.faces, undefined);
    assertProblem(await client.send('GET', `photos/${id}/image`), 'not-ready');
  });
});

describe('GET /photos', () => {
  it('lists page by page, newest first, whatever comes in the meantime', async () => {
    const lister = await Client.create();
    const ids: string[] = [];
    for (let count = 0; count < 5; count++) ids.push((await lister.prepare({ contentType: 'image/png' })).id);
    const seen: string[] = [];
    let cursor: string | undefined;
    do {
      const answer = await lister.send('GET', `photos?limit=2${cursor ? `&cursor=${cursor}` : ''}`);
      assert.equal(answer.status, 200, answer.bytes.toString());
      const page = listSchema.parse(json(answer));
      assert.ok(page.photos.length <= 2);
      seen.push(...page.photos.map(({ id }) => id));
      cursor = page.cursor;
      await lister.prepare({ contentType: 'image/png' });
    } while (cursor);
    assert.deepEqual(seen, ids.toReversed());
  });

  it('lists by status and time', async () => {
    const lister = await Client.create();
    const id = await lister.upload(hopper);
    await lister.result(id);
    const { id: waiting } = await lister.prepare({ contentType: 'image/png' });
    const listed = async (query: string) =>
      listSchema.parse(json(await lister.send('GET', `photos?${query}`))).photos.map((photo) => photo.id);
    assert.deepEqual(await listed('status=done'), [id]);
    assert.deepEqual(await listed('status=awaiting-upload'), [waiting]);
    assert.deepEqual(await listed('status=failed'), []);
    const hour = 3_600_000;
    assert.deepEqual(await listed(`from=${new Date(Date.now() + hour).toISOString()}`), []);
    // An hour ago, as a clock somewhere else shows it.
    const elsewhere = new Date(Date.now() - hour + 8 * hour).toISOString().replace('Z', '%2B08:00');
    assert.deepEqual((await listed(`from=${elsewhere}`)).length, 2);
  });

  it('takes back only the cursors that it gave, from whom it gave them to', async () => {
    await client.prepare({ contentType: 'image/png' });
    await client.prepare({ contentType: 'image/png' });
    const { cursor = '' } = listSchema.parse(json(await client.send('GET', 'photos?limit=1')));
    assert.equal((await client.send('GET', `photos?cursor=${cursor}`)).status, 200);
    const stranger = await Client.create();
    const [position = ''] = cursor.split('.');
    const moved = Buffer.from(
      Buffer.from(position, 'base64url').toString().replace(/\d{4}/, '1999'),
    ).toString('base64url');
    for (const [who, tampered] of [
      [stranger, cursor],
      [client, position],
      [client, `${moved}.${cursor.split('.')[1]}`],
      [client, `${cursor}x`],
      [client, 'x'],
      [client, '%00'],
      [client, encodeURIComponent('照片')],
    ] as const) {
      const answer = await who.send('GET', `photos?cursor=${tampered}`);
      assert.equal(answer.status, 400, tampered);
      assert.equal(assertProblem(answer, 'invalid-request').errors?.[0]?.field, 'cursor');
    }
  });

  it('names each parameter at fault', async () => {
    const answer = await client.send('GET', 'photos?status=gone&limit=0&from=yesterday&cursor=');
    assert.deepEqual(assertProblem(answer, 'invalid-request').errors, [
      { field: 'status', expected: 'one of awaiting-upload, pending, done, failed', received: '"gone"' },
      { field: 'from', expected: 'a time such as 2026-01-31T12:00:00Z', received: '"yesterday"' },
      { field: 'cursor', expected: 'at least 1 character', received: '""' },
      { field: 'limit', expected: 'at least 1', received: '"0"' },
    ]);
  });
});

describe('DELETE /photos/{id}', () => {
  it('leaves nothing of a photo, and may come again', async () => {
    const id = await client.upload(hopper);
    await client.result(id);
    const label = await client.sendJson('PUT', `photos/${id}/faces/0/label`, { age: 78, consent: true });
    assert.equal(label.status, 200);
    assert.equal((await traces(id)).length, 4, 'the photo, its item, a labelled crop and what it shows');
    for (let time = 0; time < 2; time++) {
      assert.equal((await client.send('DELETE', `photos/${id}`)).status, 204);
      assertProblem(await client.send('GET', `photos/${id}`), 'not-found');
      assertProblem(await client.send('GET', `photos/${id}/image`), 'not-found');
    }
    // S3 notifies the pipeline of it, too.
    await sleep(1000);
    assert.deepEqual(await traces(id), []);
  });

  it('leaves nothing of a photo that is being analysed', async () => {
    // So many faces that their chips lie in the bucket, by the name of the analysis.
    const group = await client.upload(new Uint8Array(await readFile(await fixtures.group())));
    const analysis = await begun(`api/${await client.owner()}/${group}`);
    const ids = [group, ...(await Promise.all([client.upload(hopper), client.upload(hopper)]))];
    for (const id of ids) assert.equal((await client.send('DELETE', `photos/${id}`)).status, 204);
    const left = async () => (await Promise.all([...ids, analysis].map(traces))).flat();
    const deadline = Date.now() + PATIENCE;
    for (let tries = 0; tries <= 12 || ((await left()).length > 0 && Date.now() < deadline); tries++) {
      await sleep(250);
    }
    assert.deepEqual(await left(), []);
  });

  it('is for the photos of the caller only', async () => {
    for (const id of ['A'.repeat(32), 'x', encodeURIComponent('../x')]) {
      const answer = await client.send('DELETE', `photos/${id}`);
      assert.equal(answer.status, 404, id);
      assertProblem(answer, 'not-found');
    }
  });
});

/** Waits until a photo is looked at. @returns the name of its analysis */
async function begun(photo: string): Promise<string> {
  const { dynamo, stack } = client.target;
  const items = new Items(dynamo, stack.table);
  for (const deadline = Date.now() + PATIENCE; Date.now() < deadline; ) {
    const { analysis = '' } = (await items.get(photo)) ?? {};
    if (analysis !== '') return analysis;
    // Often, as it is to be deleted while it is looked at.
    await sleep(50);
  }
  throw new Error(`Expected the analysis of ${photo} to have begun by now.`);
}
