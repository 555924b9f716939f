import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { ListObjectsV2Command, PutObjectCommand } from '@aws-sdk/client-s3';
import { UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { Hono } from 'hono';
import { z } from 'zod';
import { iamAccess } from '../../../functions/api/access.ts';
import type { Env } from '../../../functions/api/env.ts';
import { PhotoStore } from '../../../functions/api/photo-store.ts';
import { ChipStore } from '../../../functions/shared/chip-store.ts';
import { Items } from '../../../functions/shared/items.ts';
import { Labels } from '../../../functions/shared/labels.ts';
import { isHeld } from '../../../functions/training/judge/judgement.ts';
import { samples } from '../../fixtures/index.ts';
import { assertProblem, Client } from './client.ts';

const callerSchema = z.object({ owner: z.string(), admin: z.boolean(), trainings: z.boolean() });

const client = await Client.create();
const { dynamo, s3, stack } = client.target;

test('a cursor that somebody made up is refused', async () => {
  // The owner's name, with which cursors are sealed, stands in the caller's own keys.
  const owner = await client.owner();
  for (const text of ['no JSON', '{}', '["yesterday","none"]', '']) {
    const position = Buffer.from(text).toString('base64url');
    const seal = createHmac('sha256', owner).update(`cursor ${position}`).digest('base64url').slice(0, 16);
    const answer = await client.send('GET', `photos?cursor=${position}.${seal}`);
    assert.equal(answer.status, 400, text);
    assertProblem(answer, 'invalid-request');
  }
});

test('no answer about people is kept by anybody on its way', async () => {
  for (const path of ['photos', `photos/${'A'.repeat(32)}`, 'health']) {
    assert.equal((await client.send('GET', path)).headers.get('cache-control'), 'no-store', path);
  }
  assert.notEqual((await client.send('GET', 'openapi.json')).headers.get('cache-control'), 'no-store');
});

test('a photo that came is there, however long it waits for its turn', async () => {
  // A bucket whose events nobody gets.
  const bucket = stack.trainingBucket;
  const items = new Items(dynamo, stack.table);
  const store = new PhotoStore(
    { client: dynamo, table: stack.table },
    { client: s3, bucket },
    items,
    new ChipStore(s3, stack.chipBucket),
    new Labels(s3, stack.labelBucket),
  );
  const photo = `api/bounds-${process.pid}/waiting`;
  await store.expect(photo, { contentType: 'image/jpeg', minimumBytes: 1, maximumBytes: 1000 });
  assert.equal((await store.get(photo))?.status, 'awaiting-upload');
  await dynamo.send(
    new UpdateCommand({
      TableName: stack.table,
      Key: { photo },
      UpdateExpression: 'SET uploadedAt = :past',
      ExpressionAttributeValues: { ':past': new Date(Date.now() - 3_600_000).toISOString() },
    }),
  );
  assert.equal(await store.get(photo), undefined);
  await s3.send(new PutObjectCommand({ Bucket: bucket, Key: photo, Body: 'a photo' }));
  assert.equal((await store.get(photo))?.status, 'pending');
});

test('a correction goes with the version of the photo that it was made on', async () => {
  const bytes = new Uint8Array(await readFile(samples.hopper));
  const id = await client.upload(bytes);
  await client.result(id);
  const correction = { age: 78, consent: true };
  assert.equal((await client.sendJson('PUT', `photos/${id}/faces/0/label`, correction)).status, 200);
  const owner = await client.owner();
  const kept = async () => {
    const { KeyCount } = await s3.send(
      new ListObjectsV2Command({ Bucket: stack.labelBucket, Prefix: `${owner}/${id}/` }),
    );
    return KeyCount;
  };
  assert.equal(await kept(), 2);
  const Body = await readFile(samples.lincoln);
  await s3.send(new PutObjectCommand({ Bucket: stack.photoBucket, Key: `api/${owner}/${id}`, Body }));
  const deadline = Date.now() + 120_000;
  while ((await kept()) !== 0 && Date.now() < deadline) await sleep(250);
  assert.equal(await kept(), 0);
});

test('of AWS identities only those that are named are administrators', async () => {
  const app = new Hono<Env>()
    .use(iamAccess(['role/operators', 'user/ada']))
    .get('/', (c) => c.json(c.get('caller')));
  const callerOf = async (userArn: string) => {
    const event = { requestContext: { authorizer: { iam: { userArn } } } };
    const answer = await app.fetch(new Request('http://localhost/'), { event });
    return callerSchema.parse(await answer.json());
  };
  const [account, other] = ['arn:aws:iam::000000000000:', 'arn:aws:sts::000000000000:assumed-role/'];
  for (const [arn, admin] of [
    [`${other}operators/session`, true],
    [`${account}user/staff/ada`, true],
    [`${other}callers/operators`, false],
    [`${account}user/operators`, false],
    [`${account}root`, false],
  ] as const) {
    const caller = await callerOf(arn);
    assert.deepEqual([caller.admin, caller.trainings], [admin, admin], arn);
  }
  const owners = await Promise.all(['one', 'two'].map((session) => callerOf(`${other}operators/${session}`)));
  assert.equal(owners[0]?.owner, owners[1]?.owner);
});

test('a model that learned from corrections waits for somebody to put it into service', () => {
  assert.equal(isHeld({ data: ['people', 'corrections'] }, false), true);
  assert.equal(isHeld({ data: ['people'] }, false), false);
  assert.equal(isHeld({ data: ['corrections'] }, true), false);
});
