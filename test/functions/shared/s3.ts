import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after } from 'node:test';
import { S3Client, type S3ClientConfig } from '@aws-sdk/client-s3';

/** A client of an S3 that answers as a test wants it, where the local one can't; both end with the tests. */
export async function s3That(answers: RequestListener, options: S3ClientConfig = {}): Promise<S3Client> {
  const server = createServer(answers);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const client = new S3Client({
    endpoint: `http://127.0.0.1:${port}`,
    region: 'us-east-1',
    forcePathStyle: true,
    maxAttempts: 1,
    credentials: { accessKeyId: 'none', secretAccessKey: 'none' },
    ...options,
  });
  after(() => {
    client.destroy();
    server.closeAllConnections();
    server.close();
  });
  return client;
}
