import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, test } from 'node:test';
import { S3Client } from '@aws-sdk/client-s3';
import { Photos } from '../../../functions/shared/photos.ts';

/** Answers as S3 documents it: the local one neither has KMS keys nor refuses them. */
const server = createServer((request, response) => {
  const [, code = '', message = ''] =
    decodeURIComponent(request.url ?? '')
      .split('?')[0]
      ?.split('/')
      .slice(1) ?? [];
  response.writeHead(code === 'AccessDenied' ? 403 : 400, { 'content-type': 'application/xml' });
  response.end(`<?xml version="1.0"?><Error><Code>${code}</Code><Message>${message}</Message></Error>`);
});
await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
const { port } = server.address() as AddressInfo;
const client = new S3Client({
  endpoint: `http://127.0.0.1:${port}`,
  region: 'us-east-1',
  forcePathStyle: true,
  credentials: { accessKeyId: 'none', secretAccessKey: 'none' },
});
after(() => {
  client.destroy();
  server.close();
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
    assert.match(reading.reason, /Allow its role kms:Decrypt/);
  }
});

test('what may be allowed the next time is no such refusal', async () => {
  await assert.rejects(read('AccessDenied', 'Access Denied'), { name: 'AccessDenied' });
});
