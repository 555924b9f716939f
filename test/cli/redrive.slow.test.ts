import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, test } from 'node:test';
import {
  DeleteRuleCommand,
  PutRuleCommand,
  PutTargetsCommand,
  RemoveTargetsCommand,
} from '@aws-sdk/client-eventbridge';
import { CreateQueueCommand, GetQueueAttributesCommand, SendMessageCommand } from '@aws-sdk/client-sqs';
import { collectDeadLetters, type DeadLetter, release } from '../../cli/dead-letters.ts';
import { BATCH, sendMessages } from '../../cli/queue.ts';
import { waitForResults } from '../../cli/results.ts';
import { uploadPhotos } from '../../cli/uploads.ts';
import { parseNotification } from '../../functions/shared/event.ts';
import { type Photo, photoSchema } from '../../functions/shared/item.ts';
import { createNotification } from '../../functions/shared/notification.ts';
import { estimatorOf } from '../estimators.ts';
import { samples } from '../fixtures/index.ts';
import { Mailbox } from '../pipeline/mailbox.ts';
import { testStack } from '../stack.ts';
import { runCommand } from './commands.ts';
import { IdleStack } from './idle-stack.ts';
import { analysed } from './photos.ts';

const stack = await IdleStack.create(await testStack());
after(() => stack.close());

const redrive = (...args: string[]) => runCommand('redrive', args, { env: stack.env });

/** The item of a photo whose analysis, begun by this event, was given up. */
function givenUp(event: string, etag: string): Photo {
  const [begun] = parseNotification(event);
  assert.ok(begun);
  const failure = { code: 'gave-up', message: 'Gave up after 3 tries: no connection.' } as const;
  return analysed(begun.key, [], { etag, analysis: begun.analysis, status: 'failed', failure });
}

/** Puts a photo that was given up, and returns the event that began its analysis. */
async function giveUp(key: string): Promise<string> {
  const etag = await stack.put(key);
  const event = createNotification(
    stack.target.stack,
    { key, size: 1, etag, lastModified: new Date() },
    'run',
  );
  await stack.putItem(givenUp(event, etag));
  return event;
}

/** What age and gender receive; without the event it is no such message. */
const facesFound = (key: string, event?: string) =>
  JSON.stringify({ photo: key, analysis: 'a', crops: 'a', faces: 1, event });

async function countMessages(queue: string): Promise<number> {
  const { Attributes } = await stack.target.sqs.send(
    new GetQueueAttributesCommand({
      QueueUrl: queue,
      AttributeNames: ['ApproximateNumberOfMessages', 'ApproximateNumberOfMessagesNotVisible'],
    }),
  );
  return (
    Number(Attributes?.ApproximateNumberOfMessages) +
    Number(Attributes?.ApproximateNumberOfMessagesNotVisible)
  );
}

type Estimator = ReturnType<typeof estimatorOf>;

test('sends each dead letter where its photo begins again, and removes it', async () => {
  const { uploadQueue, ...queues } = stack.target.stack;
  const [age, gender] = ['age', 'gender'].map((name) => estimatorOf(queues, name)) as [Estimator, Estimator];
  const [one, two, three] = await Promise.all(['one.jpg', 'two.jpg', 'three +%.jpg'].map(giveUp));
  assert.ok(one && two && three);
  await stack.send(queues.uploadDeadLetters, one);
  await stack.send(age.deadLetters, facesFound('two.jpg', two));
  await stack.send(gender.deadLetters, facesFound('two.jpg', two));
  await stack.send(gender.deadLetters, facesFound('three +%.jpg', three));
  // Nobody knows what these are: they go back to where they came from.
  await stack.send(queues.uploadDeadLetters, 'no JSON');
  await stack.send(age.deadLetters, facesFound('four.jpg'));
  await stack.send(gender.deadLetters, '{}');

  const { exitCode, stderr } = await redrive('--no-wait');
  assert.equal(exitCode, 0, stderr);
  assert.match(stderr, /^7 dead letters/m);
  const eventsIn = async (queue: string) =>
    (await stack.receive(queue)).map((body) => {
      try {
        return parseNotification(body)[0]?.key;
      } catch {
        return body;
      }
    });
  assert.deepEqual(
    new Set(await eventsIn(uploadQueue)),
    new Set(['one.jpg', 'two.jpg', 'three +%.jpg', 'no JSON']),
  );
  assert.equal(await countMessages(uploadQueue), 4, 'the photo that failed twice is sent once');
  assert.deepEqual(await eventsIn(age.queue), [facesFound('four.jpg')]);
  assert.deepEqual(await eventsIn(gender.queue), ['{}']);
  for (const queue of [queues.uploadDeadLetters, age.deadLetters, gender.deadLetters]) {
    assert.equal(await countMessages(queue), 0);
  }
});

test('announces again what the webhook did not take, after saying why', async () => {
  const { sqs, events } = stack.target;
  const { eventBus } = stack.target.stack;
  const name = `webhook-${randomUUID()}`;
  const { QueueUrl: webhookDeadLetters = '' } = await sqs.send(new CreateQueueCommand({ QueueName: name }));
  const hooked = await IdleStack.create(await testStack(), { webhookDeadLetters });
  const announced = await Mailbox.open(sqs, `${name}-announced`, {
    read(body) {
      const { detail, ...event }: { detail: { photo: string } } = JSON.parse(body);
      return { photo: detail.photo, letter: { detail, ...event } };
    },
  });
  await events.send(
    new PutRuleCommand({ EventBusName: eventBus, Name: name, EventPattern: '{"source":["facedrop"]}' }),
  );
  await events.send(
    new PutTargetsCommand({ EventBusName: eventBus, Rule: name, Targets: [{ Id: '1', Arn: announced.arn }] }),
  );
  const photo = `${name}.jpg`;
  const detail = { ...analysed(photo, []), extra: 'kept' };
  await sqs.send(
    new SendMessageCommand({
      QueueUrl: webhookDeadLetters,
      // As EventBridge leaves it there.
      MessageBody: JSON.stringify({
        ...{
          version: '0',
          id: 'a',
          account: '1',
          time: detail.uploadedAt,
          region: 'us-east-1',
          resources: [],
        },
        ...{ source: 'facedrop', 'detail-type': 'Photo analysed', detail },
      }),
      MessageAttributes: {
        ERROR_CODE: { DataType: 'String', StringValue: 'SDK_CLIENT_ERROR' },
        ERROR_MESSAGE: { DataType: 'String', StringValue: 'Forbidden (403)' },
      },
    }),
  );
  const listed = await runCommand('redrive', ['--dry-run'], { env: hooked.env });
  assert.equal(listed.stdout, `webhook  ${photo}  Forbidden (403)`);
  const { exitCode, stderr } = await runCommand('redrive', [], { env: hooked.env });
  assert.equal(exitCode, 0, stderr);
  const { detail: again, ...event } = await announced.next(photo);
  assert.deepEqual(again, detail);
  assert.equal(Object(event)['detail-type'], 'Photo analysed');
  assert.equal(await countMessages(webhookDeadLetters), 0);
  await announced.close();
  await events.send(new RemoveTargetsCommand({ EventBusName: eventBus, Rule: name, Ids: ['1'] }));
  await events.send(new DeleteRuleCommand({ EventBusName: eventBus, Name: name }));
  await hooked.close();
});

test('redrives any number of letters, in rounds', async () => {
  const { sqs, stack: names } = stack.target;
  const { uploadQueue, uploadDeadLetters } = names;
  await stack.receive(uploadQueue);
  const bodies = Array.from({ length: 1030 }, (_, i) => `letter ${i}`);
  for (let start = 0; start < bodies.length; start += BATCH) {
    await sendMessages(sqs, uploadDeadLetters, bodies.slice(start, start + BATCH));
  }
  const rounds: DeadLetter[][] = [];
  for await (const letters of collectDeadLetters(stack.target)) rounds.push(letters);
  await release(stack.target, rounds.flat());
  assert.deepEqual(
    rounds.map(({ length }) => length),
    [1000, 30],
  );
  const { exitCode, stderr } = await redrive('--no-wait');
  assert.equal(exitCode, 0);
  assert.match(stderr, /^1,030 dead letters/m);
  assert.deepEqual(new Set(await stack.receive(uploadQueue)), new Set(bodies));
  assert.equal(await countMessages(uploadDeadLetters), 0);
});

test('lists the letters and why they were given up, and leaves them where they are', async () => {
  const { uploadDeadLetters, uploadQueue } = stack.target.stack;
  const { deadLetters: ageDeadLetters } = estimatorOf(stack.target.stack, 'age');
  await stack.receive(uploadQueue);
  await stack.send(uploadDeadLetters, await giveUp('listed.jpg'));
  await stack.send(ageDeadLetters, 'no JSON');
  const { exitCode, stdout } = await redrive('--dry-run');
  assert.equal(exitCode, 0);
  assert.match(stdout, /^detect {2}listed\.jpg {2}Gave up after 3 tries: no connection\.$/m);
  assert.match(stdout, /^age {5}not a message of this project: no JSON$/m);
  assert.deepEqual(
    (await redrive('--dry-run', '--json')).stdout.split('\n').map((line): unknown => JSON.parse(line)),
    [
      { stage: 'detect', photo: 'listed.jpg', reason: 'Gave up after 3 tries: no connection.' },
      { stage: 'age', photo: '', reason: 'not a message of this project: no JSON' },
    ],
  );
  assert.equal((await stack.receive(uploadDeadLetters)).length, 1, 'the letter can be received at once');
  assert.equal((await stack.receive(ageDeadLetters)).length, 1);
  assert.deepEqual(await stack.receive(uploadQueue), []);
});

test('loses no letter that cannot be sent', async () => {
  const gender = estimatorOf(stack.target.stack, 'gender');
  await stack.send(gender.deadLetters, 'precious');
  const broken = await IdleStack.create(await testStack(), {
    estimators: [{ ...gender, queue: `${gender.queue}-missing` }],
  });
  const { exitCode, stderr } = await runCommand('redrive', ['--no-wait'], { env: broken.env });
  await broken.close();
  assert.equal(exitCode, 2, stderr);
  assert.deepEqual(await stack.receive(gender.deadLetters), ['precious']);
});

test('waits only for photos that will have a result', async () => {
  const { uploadDeadLetters } = stack.target.stack;
  const gone = createNotification(
    stack.target.stack,
    { key: 'gone.jpg', size: 1, etag: 'a', lastModified: new Date() },
    'run',
  );
  const overwritten = await giveUp('overwritten.jpg');
  await stack.put('overwritten.jpg', 'something else');
  await stack.send(uploadDeadLetters, gone);
  await stack.send(uploadDeadLetters, overwritten);
  await stack.send(uploadDeadLetters, overwritten.replace('ObjectCreated:Backfill', 'ObjectRemoved:Delete'));
  const { exitCode, stderr } = await redrive('--timeout', '60');
  assert.equal(exitCode, 0, stderr);
  assert.match(stderr, /gone\.jpg has been deleted since/);
  assert.match(stderr, /overwritten\.jpg has been overwritten since/);
});

test('takes no earlier failure for the new result', async () => {
  await stack.send(stack.target.stack.uploadDeadLetters, await giveUp('again.jpg'));
  const { exitCode, stdout, stderr } = await redrive('--timeout', '1');
  assert.equal(exitCode, 1);
  assert.equal(stdout, '');
  assert.match(stderr, /again\.jpg: No result yet/);
});

test('says so when there are no dead letters', async () => {
  const { exitCode, stdout, stderr } = await redrive();
  assert.equal(exitCode, 0);
  assert.equal(stdout, '');
  assert.match(stderr, /^0 dead letters/m);
});

test('has a photo analysed that was given up, and prints its faces', async () => {
  const running = await testStack();
  const { photoBucket, table, uploadQueue } = running;
  const working = await IdleStack.create(running, { photoBucket, table, uploadQueue });
  const key = `redrive/${randomUUID()}.jpg`;
  const uploads = await uploadPhotos(working.target, [{ path: samples.hopper, name: key }]);
  const [item] = await waitForResults(working.target, uploads, { timeoutSeconds: 120 });
  assert.ok(item);
  const event = createNotification(
    running,
    { key, size: 1, etag: item.etag, lastModified: new Date() },
    'run',
  );
  await working.putItem({ ...givenUp(event, item.etag), sequencer: item.sequencer });
  for (const { deadLetters } of working.target.stack.estimators) {
    await working.send(deadLetters, facesFound(key, event));
  }
  const { exitCode, stdout, stderr } = await runCommand('redrive', ['--json'], { env: working.env });
  await working.close();
  assert.equal(exitCode, 0, stderr);
  const result = photoSchema.parse(JSON.parse(stdout));
  assert.equal(result.photo, key);
  assert.equal(result.status, 'done');
  assert.equal(result.faces?.length, 1);
});
