import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Photos } from '../../../functions/shared/photos.ts';
import { s3That } from './s3.ts';

/** Answers as S3 documents it: the local one neither has KMS keys nor refuses them. */
const client = await s3That((request, response) => {
  const [, code = '', message = ''] =
    decodeURIComponent(request.url ?? '')
      .split('?')[0]
      ?.split('/')
      .slice(1) ?? [];
  response.writeHead(code === 'AccessDenied' ? 403 : 400, { 'content-type': 'application/xml' });
  response.end(`<?xml version="1.0"?><Error><Code>${code}</Code><Message>${message}</Message></Error>`);
});

const read = (code: string, message: string) =>
  new Photos(client, 1000).read({ bucket: 'photos', key: `${code}/${message}`, etag: '' });

test('a key that may not be used is said, and what to do', async () => {
  for (const [code, message] of [
    ['AccessDenied', 'User is not authorized to perform: kms:Decrypt on the resource'],
    ['KMS.DisabledException', 'The key is disabled'],
  ] as const) {
    const reading = await read(code, message);
    assert.ok('unread' in reading && reading.unread === 'refused', code);
    assert.match(reading.reason, /Allow the stack's role kms:Decrypt/);
  }
});

test('what may be allowed the next time is no such refusal', async () => {
  await assert.rejects(read('AccessDenied', 'Access Denied'), { name: 'AccessDenied' });
});
