import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { PutObjectTaggingCommand } from '@aws-sdk/client-s3';
import { runCommand } from '../cli/commands.ts';
import { samples } from '../fixtures/index.ts';
import { Pipeline } from './pipeline.ts';

/** Photos that are to be left alone. */

const SKIP = { tags: 'album=holiday&facedrop=skip' };

const pipeline = await Pipeline.deploy('skip', { skipPrefixes: 'private/,archive/2020' });
after(() => pipeline.close());

/** That nothing is known of photos, and nothing was announced. */
async function assertSkipped(...keys: readonly string[]): Promise<void> {
  await pipeline.idle();
  for (const key of keys) {
    assert.equal(await pipeline.item(key), undefined, key);
    assert.deepEqual(pipeline.announcements.about(key), [], key);
  }
  assert.equal(await pipeline.deadLetters(), 0);
}

test('a photo with the tag is not analysed and has no item', async () => {
  await pipeline.put('tagged.jpg', samples.hopper, SKIP);
  await pipeline.put('nothing.txt', Buffer.from('not a photo'), SKIP);
  const other = await pipeline.drop('other.jpg', samples.hopper, { tags: 'facedrop=yes&album=skip' });
  assert.equal(other.faces?.length, 1, 'Other tags mean nothing');
  await assertSkipped('tagged.jpg', 'nothing.txt');
});

test('nor are photos below a prefix', async () => {
  const keys = ['private/a.jpg', 'private/b/c.jpg', 'archive/2020-01/a.jpg'];
  for (const key of keys) await pipeline.put(key, samples.hopper);
  const other = await pipeline.drop('archive/2021/private/a.jpg', samples.hopper);
  assert.equal(other.faces?.length, 1);
  await assertSkipped(...keys);
});

test('what was known of an earlier version goes', async () => {
  const key = 'overwritten.jpg';
  assert.equal((await pipeline.drop(key, samples.hopper)).status, 'done');
  await pipeline.put(key, samples.oath, SKIP);
  assert.equal(await pipeline.until(key, (item) => item === undefined), undefined);
});

test('a tag that comes later counts from the next analysis on', async () => {
  const key = 'later.jpg';
  const etag = await pipeline.put(key, samples.hopper);
  await pipeline.until(key, (item) => item?.status === 'done');
  const { s3, stack } = pipeline.target;
  const Tagging = { TagSet: [{ Key: 'facedrop', Value: 'skip' }] };
  await s3.send(new PutObjectTaggingCommand({ Bucket: stack.photoBucket, Key: key, Tagging }));
  await pipeline.idle();
  assert.equal((await pipeline.item(key))?.etag, etag);
  const { exitCode, stderr } = await runCommand('backfill', ['--prefix', key, '--all'], {
    env: pipeline.env,
  });
  assert.equal(exitCode, 0, stderr);
  assert.equal(await pipeline.until(key, (item) => item === undefined), undefined);
});

test('the event of an earlier version that comes late leaves no item', async () => {
  const key = 'late.jpg';
  await pipeline.put(key, samples.hopper, SKIP);
  await assertSkipped(key);
  const record = {
    ...{ eventSource: 'aws:s3', eventName: 'ObjectCreated:Put', eventTime: new Date().toISOString() },
    s3: {
      bucket: { name: pipeline.target.stack.photoBucket },
      object: { key, size: 100, eTag: '0'.repeat(32), sequencer: '01' },
    },
  };
  await pipeline.send(pipeline.target.stack.uploadQueue, JSON.stringify({ Records: [record] }));
  await assertSkipped(key);
});

test('drop says so, and waits for nothing', async () => {
  const args = [samples.hopper, '--prefix', 'private', '--json'];
  const { exitCode, stdout, stderr } = await runCommand('drop', args, { env: pipeline.env });
  assert.equal(exitCode, 0, stderr);
  assert.equal(stdout, '');
  assert.match(stderr, /Uploaded 1 photo that the setting skipPrefixes excludes from analysis/);
});
