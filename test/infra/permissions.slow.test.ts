import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { CloudFormation, paginateListStackResources } from '@aws-sdk/client-cloudformation';
import {
  DeleteObjectCommand,
  GetObjectCommand,
  HeadObjectCommand,
  PutObjectCommand,
} from '@aws-sdk/client-s3';
import { SendMessageCommand } from '@aws-sdk/client-sqs';
import { AssumeRoleCommand, STSClient } from '@aws-sdk/client-sts';
import { DeleteCommand, GetCommand } from '@aws-sdk/lib-dynamodb';
import { z } from 'zod';
import { readPhotos, waitForResults } from '../../cli/results.ts';
import { connectTo } from '../../cli/target.ts';
import { uploadPhotos } from '../../cli/uploads.ts';
import { trainingAnswerSchema } from '../../functions/api/training-schemas.ts';
import type { LocalStack } from '../../local/stack.ts';
import { type RunningStack, startLocalStack } from '../../local/start.ts';
import { Client, json } from '../functions/api/client.ts';
import { putFaces, watch } from '../functions/training/orchestration.ts';
import { Controls } from '../pipeline/controls.ts';

const SAMPLES = path.resolve(import.meta.dirname, '../../samples');

// The local AWS makes its certificate with it.
const skip = spawnSync('openssl', ['version']).status !== 0 && 'openssl is not installed';

describe('permissions, where they are enforced and nothing goes without TLS', { skip }, () => {
  let folder: string;
  let running: RunningStack;
  before(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'facedrop-strict-'));
    running = await startLocalStack({ folder, strict: true, context: { promotionFaces: 10 } });
  });
  after(async () => {
    await running.stop();
    await rm(folder, { recursive: true });
  });

  it('suffice for photos to be analysed, announced, and forgotten with the photo', {
    timeout: 600_000,
  }, async () => {
    const target = connectTo(running.stack);
    const names = ['lincoln.jpg', 'coffee.jpg'];
    const uploads = await uploadPhotos(
      target,
      names.map((name) => ({ name, path: path.join(SAMPLES, name) })),
    );
    const photos = await waitForResults(target, uploads, { timeoutSeconds: 120 });
    assert.deepEqual(
      photos.map(({ photo, status, faces }) => [photo, status, faces?.length]),
      [
        ['lincoln.jpg', 'done', 1],
        ['coffee.jpg', 'done', 0],
      ],
    );

    const items = async () => [...(await readPhotos(target, names)).values()];
    while ((await items()).some(({ announcedAt }) => announcedAt === undefined)) await sleep(100);

    await target.s3.send(new DeleteObjectCommand({ Bucket: target.stack.photoBucket, Key: 'lincoln.jpg' }));
    while ((await items()).length > 1) await sleep(100);
    assert.deepEqual(
      (await items()).map(({ photo }) => photo),
      ['coffee.jpg'],
    );
  });

  it('suffice to look after photos that came to nothing', { timeout: 600_000 }, async () => {
    const target = connectTo(running.stack);
    const { uploadDeadLetters, photoBucket: name } = target.stack;
    const { ETag: eTag } = await target.s3.send(new HeadObjectCommand({ Bucket: name, Key: 'coffee.jpg' }));
    // An event that came later than all others.
    const record = {
      ...{ eventSource: 'aws:s3', eventName: 'ObjectCreated:Put', eventTime: new Date().toISOString() },
      s3: { bucket: { name }, object: { key: 'coffee.jpg', size: 1, eTag, sequencer: 'F'.repeat(18) } },
    };
    const MessageBody = JSON.stringify({ Records: [record] });
    await target.sqs.send(new SendMessageCommand({ QueueUrl: uploadDeadLetters, MessageBody }));
    assert.deepEqual(await new Controls(target).sweep(), { letters: 1, restarted: 0 });
    const item = (await readPhotos(target, ['coffee.jpg'])).get('coffee.jpg');
    assert.equal(item?.failure?.code, 'gave-up');
    assert.ok(item.announcedAt);
  });

  it('suffice for all that the HTTP API does', { timeout: 600_000 }, async () => {
    const client = await Client.create({}, running.stack);
    const photo = new Uint8Array(await readFile(path.join(SAMPLES, 'lincoln.jpg')));
    const id = await client.upload(photo);
    assert.equal((await client.result(id)).status, 'done');
    const correction = { age: 54, consent: true };
    for (const [answer, status] of [
      [await client.sendPhoto(photo), 200],
      [await client.sendJson('POST', 'predict', { key: `api/${await client.owner()}/${id}` }), 200],
      [await client.sendJson('POST', 'predict', { key: `api/${await client.owner()}/none` }), 404],
      [await client.send('GET', 'photos'), 200],
      [await client.send('GET', `photos/${id}/image?blurred`), 200],
      [await client.sendJson('PUT', `photos/${id}/faces/0/label`, correction), 200],
      [await client.send('DELETE', `photos/${id}/faces/0/label`), 204],
      [await client.sendJson('PUT', `photos/${id}/faces/0/label`, correction), 200],
      [await client.send('DELETE', `photos/${id}`), 204],
      [await client.send('GET', `photos/${id}`), 404],
    ] as const) {
      assert.equal(answer.status, status, answer.bytes.toString());
    }
  });

  it('suffice for a training, from its data set to a model in service', { timeout: 1_200_000 }, async () => {
    const client = await Client.create({ trainings: true }, running.stack);
    await putFaces(client, 'people');
    const request = { task: 'age', data: 'people', batch: 8, views: 1, steps: 200, validateEvery: 100 };
    const answer = await client.sendJson('POST', 'trainings', request);
    assert.equal(answer.status, 201, answer.bytes.toString());
    const { id } = trainingAnswerSchema.parse(json(answer));
    const training = await watch(client, id);
    assert.equal(training.status, 'done', JSON.stringify(training.failure));
    assert.equal(training.result?.promoted, true, training.result?.why);
    assert.equal((await fetch(training.report ?? '')).status, 200);
    assert.equal((await client.send('DELETE', `trainings/${id}`)).status, 202);
  });

  it('let age and gender see no photo and remove no item', async () => {
    for (const stage of ['Age', 'Gender']) {
      const { s3, dynamo, stack } = connectTo({
        ...running.stack,
        credentials: await roleOf(stage, running.stack),
      });
      const photo = { Bucket: stack.photoBucket, Key: 'coffee.jpg' };
      await assert.rejects(s3.send(new GetObjectCommand(photo)), { name: 'AccessDenied' });
      await assert.rejects(s3.send(new PutObjectCommand({ ...photo, Body: 'not a photo' })), {
        name: 'AccessDenied',
      });
      const item = { TableName: stack.table, Key: { photo: photo.Key } };
      await assert.rejects(dynamo.send(new DeleteCommand(item)), { name: 'AccessDeniedException' });
      assert.equal((await dynamo.send(new GetCommand(item))).Item?.photo, photo.Key);
    }
  });
});

/** Credentials of a function's role. The local AWS lends them to its owner, which AWS would not. */
async function roleOf(stage: string, stack: LocalStack): Promise<LocalStack['credentials']> {
  const pages = paginateListStackResources(
    { client: new CloudFormation(stack) },
    { StackName: stack.stackName },
  );
  let role: string | undefined;
  for await (const { StackResourceSummaries = [] } of pages) {
    role ??= StackResourceSummaries.find(
      ({ ResourceType, LogicalResourceId }) =>
        ResourceType === 'AWS::IAM::Role' && LogicalResourceId?.startsWith(`${stage}Role`),
    )?.PhysicalResourceId;
  }
  const { Credentials } = await new STSClient(stack).send(
    new AssumeRoleCommand({
      RoleArn: `arn:aws:iam::000000000000:role/${role}`,
      RoleSessionName: 'test',
    }),
  );
  return z
    .object({ AccessKeyId: z.string(), SecretAccessKey: z.string(), SessionToken: z.string() })
    .transform((keys) => ({
      accessKeyId: keys.AccessKeyId,
      secretAccessKey: keys.SecretAccessKey,
      sessionToken: keys.SessionToken,
    }))
    .parse(Credentials);
}
