import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ListBucketsCommand, S3Client } from '@aws-sdk/client-s3';
import { NotReadyError } from '../../../functions/shared/items.ts';
import { isPassing } from '../../../functions/shared/passing.ts';
import { delayAfter } from '../../../functions/shared/tries.ts';

test('what failed waits for seconds, and twice as long each time, never the same time', () => {
  const delays = (receives: number) => Array.from({ length: 200 }, () => delayAfter(receives));
  for (const [receives, least, most] of [
    [1, 4, 7],
    [2, 8, 13],
    [4, 30, 50],
    [30, 450, 750],
  ] as const) {
    const [shortest, longest] = [Math.min(...delays(receives)), Math.max(...delays(receives))];
    assert.ok(shortest >= least && longest <= most, `${receives}: ${shortest} to ${longest}`);
    assert.ok(new Set(delays(receives)).size > 1);
  }
});

test('what a service can do nothing about now passes; what a message is about does not', async () => {
  const answer = (name: string, httpStatusCode: number) =>
    Object.assign(new Error(name), { name, $metadata: { httpStatusCode } });
  for (const error of [
    answer('ProvisionedThroughputExceededException', 400),
    answer('ThrottlingException', 400),
    answer('SlowDown', 503),
    answer('InternalServerError', 500),
    Object.assign(new Error('socket hang up'), { code: 'ECONNRESET' }),
    new NotReadyError('It is being announced.', new Date()),
  ]) {
    assert.equal(isPassing(error), true, error.message);
  }
  for (const error of [
    answer('ConditionalCheckFailedException', 400),
    answer('AccessDenied', 403),
    new NotReadyError('The chips are gone.'),
    new Error('the function ran out of time'),
    'no error at all',
  ]) {
    assert.equal(isPassing(error), false, String(error));
  }
  // A port that nobody listens on.
  const client = new S3Client({
    endpoint: 'http://127.0.0.1:1',
    region: 'us-east-1',
    credentials: { accessKeyId: 'none', secretAccessKey: 'none' },
    maxAttempts: 1,
  });
  await assert.rejects(client.send(new ListBucketsCommand({})), isPassing);
});
