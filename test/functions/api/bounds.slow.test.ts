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
import { Allowances, type Limit } from '../../../functions/api/allowance.ts';
import type { Env } from '../../../functions/api/env.ts';
import { Identities } from '../../../functions/api/identities.ts';
import { PhotoStore } from '../../../functions/api/photo-store.ts';
import { Problem } from '../../../functions/api/problem.ts';
import { ChipStore } from '../../../functions/shared/chip-store.ts';
import { Items } from '../../../functions/shared/items.ts';
import { Labels } from '../../../functions/shared/labels.ts';
import { Photos } from '../../../functions/shared/photos.ts';
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
    {
      items,
      photos: new Photos(s3, 1000),
      chips: new ChipStore(s3, stack.chipBucket),
      labels: new Labels(s3, stack.labelBucket),
    },
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

/** Answers with what is known of an AWS identity that calls. */
async function callAs(userArn: string, limit: Limit): Promise<Response> {
  const identities = new Identities(new Allowances(dynamo, stack.keyTable), limit);
  const app = new Hono<Env>()
    .use(iamAccess(identities, ['role/operators', 'user/ada']))
    .onError((error) => {
      if (error instanceof Problem) return error.toResponse();
      throw error;
    })
    .get('/', (c) => c.json(c.get('caller')));
  const event = { requestContext: { authorizer: { iam: { userArn } } } };
  return app.fetch(new Request('http://localhost/'), { event });
}

test('an AWS identity that asks too often keeps no other from asking', async () => {
  const limit = { requestsPerSecond: 1000, requestsPerDay: 4 };
  const role = 'arn:aws:sts::000000000000:assumed-role/often';
  for (const session of ['a', 'b', 'a', 'b']) {
    assert.equal((await callAs(`${role}/${session}`, limit)).status, 200);
  }
  const refused = await callAs(`${role}/d`, limit);
  assert.match(await refused.clone().text(), /at most 4 requests per day as this AWS identity/);
  assertProblem(
    { status: 429, headers: refused.headers, bytes: Buffer.from(await refused.clone().text()) },
    'quota-used-up',
  );
  assert.equal((await callAs('arn:aws:iam::000000000000:user/other', limit)).status, 200);
  // All in one moment, of one that is yet unknown.
  const allowances = new Allowances(dynamo, stack.keyTable);
  const identities = new Identities(allowances, { requestsPerSecond: 3, requestsPerDay: 1000 });
  const noon = () => new Date('2026-01-31T12:00:00Z');
  const uses = await Promise.all(Array.from({ length: 12 }, () => identities.use('new', noon)));
  assert.equal(uses.filter((refusal) => refusal === undefined).length, 3);
  // They are no keys.
  assert.ok((await client.keys.list()).every(({ id }) => id));
});

test('of AWS identities only those that are named are administrators', async () => {
  const callerOf = async (userArn: string) =>
    callerSchema.parse(
      await (await callAs(userArn, { requestsPerSecond: 1000, requestsPerDay: 1000 })).json(),
    );
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
