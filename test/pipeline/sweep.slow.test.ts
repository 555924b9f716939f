import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { DeleteMessageCommand, ReceiveMessageCommand } from '@aws-sdk/client-sqs';
import { UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { runCommand } from '../cli/commands.ts';
import { estimatorOf } from '../estimators.ts';
import { eventually } from '../eventually.ts';
import { samples } from '../fixtures/index.ts';
import { Pipeline } from './pipeline.ts';

let pipeline: Pipeline;

before(async () => {
  pipeline = await Pipeline.deploy('sweep', { batchSize: 1, maximumConcurrency: 2 });
});
after(() => pipeline.close());

/** Takes the message about a photo from a queue. */
async function take(queue: string, photo: string): Promise<string> {
  const { sqs } = pipeline.target;
  for (;;) {
    const { Messages = [] } = await sqs.send(
      new ReceiveMessageCommand({ QueueUrl: queue, WaitTimeSeconds: 5 }),
    );
    for (const { Body = '', ReceiptHandle } of Messages) {
      if (!Body.includes(photo)) continue;
      await sqs.send(new DeleteMessageCommand({ QueueUrl: queue, ReceiptHandle }));
      return Body;
    }
  }
}

const told = (photo: string) =>
  pipeline.announcements.about(photo).map((announcement) => announcement['detail-type']);

test('whatever lies in a dead-letter queue has failed, is announced once, and is redriven', async () => {
  const { uploadQueue, uploadDeadLetters, ...stack } = pipeline.target.stack;
  const [age, gender] = [estimatorOf(stack, 'age'), estimatorOf(stack, 'gender')];
  const [unopened, unfinished] = ['swept/unopened.jpg', 'swept/unfinished.jpg'];
  // As if the function had died each time: before it opened an item, and before it merged the ages.
  await pipeline.controls.deliver('detect', false, 1);
  await pipeline.put(unopened, samples.hopper);
  await pipeline.send(uploadDeadLetters, await take(uploadQueue, unopened));
  await pipeline.controls.deliver('detect', true, 1);
  await pipeline.controls.deliver('age', false, 1);
  await pipeline.put(unfinished, samples.hopper);
  await pipeline.send(age.deadLetters, await take(age.queue, unfinished));
  await pipeline.controls.deliver('age', true, 1);
  await pipeline.send(gender.deadLetters, 'not of this project');
  assert.equal((await pipeline.item(unfinished))?.status, 'pending');

  for (const _ of [1, 2]) {
    assert.deepEqual(await pipeline.controls.sweep(), { letters: 3, restarted: 0 });
    for (const photo of [unopened, unfinished]) {
      const item = await pipeline.settled(photo);
      assert.equal(item.status, 'failed', photo);
      assert.equal(item.failure?.code, 'gave-up');
      assert.match(item.failure.message, /^Gave up: no attempt finished\..*npm run redrive/s);
      assert.deepEqual(told(photo), ['Photo failed']);
      assert.deepEqual([item.dueAt, item.duePart], [undefined, undefined]);
    }
  }
  assert.equal(await pipeline.deadLetters(), 3);
  await take(gender.deadLetters, 'not of this project');

  const { exitCode, stderr } = await runCommand('redrive', ['--json'], { env: pipeline.env });
  assert.equal(exitCode, 0, stderr);
  await pipeline.idle();
  for (const photo of [unopened, unfinished]) {
    const item = await pipeline.until(photo, (each) => each?.announcedAt !== undefined);
    assert.deepEqual([item?.status, item?.attempt], ['done', 2], photo);
    assert.deepEqual(told(photo), ['Photo failed', 'Photo analysed']);
  }
  assert.equal(await pipeline.deadLetters(), 0);
});

test('a letter that waits to be redriven does not end what another letter began again', async () => {
  const { uploadQueue, ...stack } = pipeline.target.stack;
  const age = estimatorOf(stack, 'age');
  const photo = 'swept/twice.jpg';
  await pipeline.controls.deliver('age', false, 1);
  await pipeline.put(photo, samples.hopper);
  const letter = await take(age.queue, photo);
  await pipeline.send(age.deadLetters, letter);
  assert.deepEqual(await pipeline.controls.sweep(), { letters: 1, restarted: 0 });
  assert.equal((await pipeline.item(photo))?.status, 'failed');
  // As if another function had given the photo up, too, and its letter was redriven.
  await pipeline.send(uploadQueue, JSON.parse(letter).event);
  await pipeline.until(photo, (each) => each?.attempt === 2 && each.outstanding !== undefined);
  assert.deepEqual(await pipeline.controls.sweep(), { letters: 1, restarted: 0 });
  assert.equal((await pipeline.item(photo))?.status, 'pending');
  await pipeline.controls.deliver('age', true, 1);
  await pipeline.until(photo, (each) => each?.status === 'done' && each.announcedAt !== undefined);
  await take(age.deadLetters, photo);
});

test('a photo that has been pending for a day begins again, once', async () => {
  const { dynamo, stack } = pipeline.target;
  const photo = 'swept/lost.jpg';
  const { queue } = estimatorOf(stack, 'age');
  await pipeline.controls.deliver('age', false, 1);
  await pipeline.put(photo, samples.hopper);
  // Nobody will estimate its ages.
  await take(queue, photo);
  assert.deepEqual(await pipeline.controls.sweep(), { letters: 0, restarted: 0 });
  await dynamo.send(
    new UpdateCommand({
      TableName: stack.table,
      Key: { photo },
      UpdateExpression: 'SET dueAt = :past',
      ExpressionAttributeValues: { ':past': new Date(Date.now() - 1000).toISOString() },
    }),
  );
  assert.deepEqual(await pipeline.controls.sweep(), { letters: 0, restarted: 1 });
  assert.deepEqual(await pipeline.controls.sweep(), { letters: 0, restarted: 0 });
  await pipeline.controls.deliver('age', true, 1);
  const item = await pipeline.settled(photo);
  assert.deepEqual([item.status, item.attempt], ['done', 2]);
  assert.deepEqual(told(photo), ['Photo analysed']);
  await eventually(async () => (await pipeline.chips()).length === 0);
});
