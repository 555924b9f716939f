import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseNotification } from '../../../functions/shared/event.ts';
import { createNotification } from '../../../functions/shared/notification.ts';

const stack = { region: 'eu-central-1', photoBucket: 'photos' };
const lastModified = new Date('2026-01-02T03:04:05Z');

for (const key of ['a/b.jpg', 'a b+c%2Fd.jpg', `it's "quoted" (1)*.jpg`, '照片/😀.png', 'é'.repeat(512)]) {
  test(`notifies the functions of ${key.slice(0, 30)}`, () => {
    const [event] = parseNotification(
      createNotification(stack, { key, size: 7, etag: 'abc', lastModified }, 'run'),
    );
    assert.equal(event?.key, key);
    assert.equal(event?.kind, 'created');
    assert.equal(event?.bucket, 'photos');
    assert.equal(event?.etag, 'abc');
    assert.equal(event?.sequencer, undefined);
    assert.equal(event?.uploadedAt, lastModified.toISOString());
    assert.ok(event && event.at > event.uploadedAt);
  });
}

test('is one analysis per run', () => {
  const analysis = (run: string) =>
    parseNotification(createNotification(stack, { key: 'a.jpg', size: 7, etag: 'abc', lastModified }, run))[0]
      ?.analysis;
  assert.equal(analysis('one'), analysis('one'));
  assert.notEqual(analysis('one'), analysis('two'));
});
