import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import { buffer } from 'node:stream/consumers';

/** Stands in for AWS while one function is measured: answers at once, so that what is measured is the function. */
export interface AwsDouble {
  readonly endpoint: string;
  /** What S3 gives for any key but that of a model in service, which does not exist. */
  object: Uint8Array;
  /** The metadata that S3 gives with it. */
  metadata: Record<string, string>;
  close(): void;
}

/** What DynamoDB says of any photo after any update: there is more to do. */
const PENDING = {
  photo: { S: 'photo.jpg' },
  folder: { S: '/' },
  status: { S: 'pending' },
  analysis: { S: 'analysis' },
  sequencer: { S: '1' },
  etag: { S: 'etag' },
  uploadedAt: { S: '2026-01-01T00:00:00.000Z' },
  startedAt: { S: '2026-01-01T00:00:00.000Z' },
  expiresAt: { N: '1800000000' },
};
const ABSENT = '<Error><Code>NoSuchKey</Code><Message>The specified key does not exist.</Message></Error>';
const PUBLISHED =
  '<PublishResponse><PublishResult><MessageId>1</MessageId></PublishResult></PublishResponse>';

export async function startAwsDouble(): Promise<AwsDouble> {
  const answer = async (request: IncomingMessage): Promise<string | Uint8Array> => {
    const body = await buffer(request);
    if (request.headers['x-amz-target']?.includes('DynamoDB')) return JSON.stringify({ Attributes: PENDING });
    if (body.includes('Action=Publish')) return PUBLISHED;
    return request.method === 'GET' ? double.object : '';
  };
  const server = createServer(async (request, response) => {
    if (request.url?.includes('/live.json')) {
      response.writeHead(404, { 'content-type': 'application/xml' }).end(ABSENT);
      return;
    }
    for (const [name, value] of Object.entries(double.metadata))
      response.setHeader(`x-amz-meta-${name}`, value);
    response.end(await answer(request));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' ? address?.port : undefined;
  const double: AwsDouble = {
    endpoint: `http://127.0.0.1:${port}`,
    object: new Uint8Array(),
    metadata: {},
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
  return double;
}
