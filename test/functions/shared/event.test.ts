import assert from 'node:assert/strict';
import { test } from 'node:test';
import { comparableSequencer, isFolder, parseNotification } from '../../../functions/shared/event.ts';

function notification(object: Record<string, unknown>, eventName = 'ObjectCreated:Put'): string {
  return JSON.stringify({
    Records: [
      {
        eventVersion: '2.1',
        eventSource: 'aws:s3',
        eventName,
        eventTime: '2026-01-02T03:04:05.678Z',
        s3: { configurationId: 'photos', bucket: { name: 'bucket' }, object },
      },
    ],
  });
}

test('reads the key that S3 encoded as form data', () => {
  const keys = [
    ['a+b%2Bc.jpg', 'a b+c.jpg'],
    ['100%25+of%252F.jpg', '100% of%2F.jpg'],
    ['%E7%85%A7%E7%89%87/%F0%9F%98%80.png', '照片/😀.png'],
    ['it%27s+%22quoted%22.jpg', `it's "quoted".jpg`],
  ];
  for (const [encoded, key] of keys) {
    const [event] = parseNotification(notification({ key: encoded, sequencer: '0A', eTag: '"abc"' }));
    assert.equal(event?.key, key);
    assert.equal(event?.etag, 'abc');
  }
});

test('compares sequencers as S3 documents it, whatever their lengths', () => {
  // The shorter one is padded with zeros on the right: "0055AED6DCD9" is as old as "0055AED6DCD90000".
  assert.ok(comparableSequencer('0055AED6DCD90281E5') < comparableSequencer('0055AED6DCD90281E6'));
  assert.ok(comparableSequencer('0055AED6DCD90281') < comparableSequencer('0055AED6DCD90281E5'));
  assert.ok(comparableSequencer('0055AED6DCD90281E5') < comparableSequencer('0055AED6DD'));
  assert.equal(comparableSequencer('0055aed6'), comparableSequencer('0055AED600'));
});

test('names an analysis the same whenever the event comes again, and another way for another version', () => {
  const read = (sequencer: string) =>
    parseNotification(notification({ key: 'a.jpg', sequencer }))[0]?.analysis;
  assert.equal(read('0A'), read('0A'));
  assert.notEqual(read('0A'), read('0B'));
});

test('can be sent again as it came', () => {
  const [event] = parseNotification(notification({ key: 'a+b.jpg', sequencer: '0A', eTag: 'abc', size: 3 }));
  assert.deepEqual(parseNotification(event?.notification ?? ''), [event]);
});

test('distinguishes removals of all kinds from creations', () => {
  const kinds = [
    'ObjectRemoved:Delete',
    'ObjectRemoved:DeleteMarkerCreated',
    'LifecycleExpiration:Delete',
    'ObjectCreated:CompleteMultipartUpload',
  ];
  assert.deepEqual(
    kinds.map((name) => parseNotification(notification({ key: 'a.jpg', sequencer: '0A' }, name))[0]?.kind),
    ['removed', 'removed', 'removed', 'created'],
  );
});

test("knows uploads with the HTTP API's forms, and no others", () => {
  const byForm = (key: string, name: string) =>
    parseNotification(notification({ key, sequencer: '0A' }, name)).map((event) => event.byForm);
  assert.deepEqual(byForm('api/owner/id', 'ObjectCreated:Post'), [true]);
  assert.deepEqual(byForm('api/owner/id', 's3:ObjectCreated:Post'), [true]);
  assert.deepEqual(byForm('api/owner/id', 'ObjectCreated:Put'), [false]);
  assert.deepEqual(byForm('elsewhere/id', 'ObjectCreated:Post'), [false]);
});

test("ignores S3's test event and refuses what is no notification", () => {
  assert.deepEqual(parseNotification(JSON.stringify({ Service: 'Amazon S3', Event: 's3:TestEvent' })), []);
  assert.throws(() => parseNotification('{"Records":[]}'));
  assert.throws(() => parseNotification('not JSON'));
});

test('takes an object for a folder marker only when it is empty', () => {
  const folders = [
    { key: 'folder/', size: 0 },
    { key: 'folder/', size: 4_000 },
    { key: 'folder/photo.jpg', size: 0 },
  ].map((object) => parseNotification(notification({ ...object, sequencer: '0A' })).map(isFolder));
  assert.deepEqual(folders, [[true], [false], [false]]);
});
