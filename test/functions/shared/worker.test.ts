import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { Logger } from '@aws-lambda-powertools/logger';
import { Metrics } from '@aws-lambda-powertools/metrics';
import { SQSClient } from '@aws-sdk/client-sqs';
import type { Context, SQSEvent } from 'aws-lambda';
import type { GivenUp } from '../../../functions/shared/item.ts';
import type { Tries } from '../../../functions/shared/tries.ts';
import { createWorker, type Work } from '../../../functions/shared/worker.ts';

/** A queue in which every message may be hidden. */
const server = createServer((_, response) => {
  response.setHeader('content-type', 'application/x-amz-json-1.0');
  response.end('{}');
});
await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
const client = new SQSClient({
  ...{ endpoint: url, region: 'us-east-1', maxAttempts: 1 },
  credentials: { accessKeyId: 'none', secretAccessKey: 'none' },
});
after(() => {
  client.destroy();
  server.close();
});

/** A worker, and why messages were given up by it. */
function start(perform: Work['perform'], tries: Tries) {
  const given: GivenUp[] = [];
  const worker = createWorker(
    {
      perform,
      tries,
      giveUp: async (_, why) => {
        given.push(why);
      },
    },
    {
      ...{ maximumTries: 4, queue: { client, url } },
      ...{ logger: new Logger({ logLevel: 'SILENT' }), metrics: new Metrics({ namespace: 'test' }) },
    },
  );
  return { worker, given };
}

/** An event of messages that come for the nth time, each with its number as body. */
function messages(count: number, receives: number): SQSEvent {
  const attributes = { ApproximateReceiveCount: String(receives) };
  const Records = Array.from({ length: count }, (_, index) => ({
    ...{ messageId: String(index), body: String(index), receiptHandle: 'receipt', attributes },
  }));
  return { Records } as unknown as SQSEvent;
}

const contextOf = (milliseconds: number) =>
  ({ functionName: 'test', getRemainingTimeInMillis: () => milliseconds }) as Context;

/** Works on a message that comes for the nth time. @returns why it was given up */
async function receive(perform: Work['perform'], receives: number, tries: Tries): Promise<GivenUp[]> {
  const { worker, given } = start(perform, tries);
  const answer = await worker(messages(1, receives), contextOf(30_000));
  assert.equal(answer.batchItemFailures.length, 1);
  return given;
}

const notedAs = (count: number): Tries => ({ count: async () => count, add: async (_, one) => count + one });
const failed = (name: string, message: string) => async () => {
  throw Object.assign(new Error(message), { name });
};

test('what a service says of accounts and roles goes no further than to who runs the stack', async () => {
  const cause =
    'User: arn:aws:sts::123456789012:assumed-role/detect is not authorized to perform: s3:GetObject';
  assert.deepEqual(await receive(failed('AccessDenied', cause), 5, notedAs(3)), [
    { message: 'Gave up after 4 tries: an internal error. See the logs.', cause },
  ]);
  const [given] = await receive(failed('AccessDenied', cause), 6, notedAs(4));
  assert.deepEqual(given, {
    message: 'Gave up after 4 tries: the function ran out of time or memory, or AWS had no capacity for it',
  });
});

test('a try that could not be counted is not taken back', async () => {
  const counts: number[] = [];
  const busy: Tries = {
    count: async () => 0,
    add: async (_, one) => {
      counts.push(one);
      if (one > 0) throw Object.assign(new Error('busy'), { name: 'ThrottlingException' });
      return 0;
    },
  };
  assert.deepEqual(await receive(async () => {}, 2, busy), []);
  assert.deepEqual(counts, [1]);
  counts.length = 0;
  const counted: Tries = { ...busy, add: async (_, one) => counts.push(one) };
  assert.deepEqual(await receive(failed('ThrottlingException', 'busy'), 2, counted), []);
  assert.deepEqual(counts, [1, -1]);
});

test('a message whose turn did not come is not counted as tried, nor worked on after the answer', async () => {
  const begun: string[] = [];
  const counted: string[] = [];
  const { worker, given } = start(
    async (body) => {
      begun.push(body);
      // Longer than there is time.
      await sleep(1000);
    },
    {
      count: async () => 1,
      add: async (body, one) => {
        counted.push(body);
        return 1 + one;
      },
    },
  );
  const { batchItemFailures } = await worker(messages(3, 2), contextOf(2200));
  assert.equal(batchItemFailures.length, 3);
  assert.deepEqual({ begun, counted, given }, { begun: ['0'], counted: ['0'], given: [] });
});
