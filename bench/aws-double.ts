import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { z } from 'zod';

/** Stands in for AWS while one function is measured: answers at once, so that what is measured is the function. */
export interface AwsDouble {
  readonly endpoint: string;
  /** What S3 gives for any key but that of a model in service: none is, and none is listed. */
  object: Uint8Array;
  /** The metadata that S3 gives with it. */
  metadata: Record<string, string>;
  close(): void;
}

/** What DynamoDB says of any photo after any update, beside what was just found: there is more to do. */
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
const EMPTY_LIST = '<ListBucketResult></ListBucketResult>';
const ABSENT = '<Error><Code>NoSuchKey</Code><Message>The specified key does not exist.</Message></Error>';

const updateSchema = z.object({
  ExpressionAttributeValues: z.object({ ':faces': z.json(), ':outstanding': z.json() }).partial(),
});
const sendSchema = z.object({ MessageBody: z.string() });

function answerJson(target: string, body: string): unknown {
  if (target.startsWith('AmazonSQS')) {
    const { MessageBody } = sendSchema.parse(JSON.parse(body));
    return { MessageId: '1', MD5OfMessageBody: createHash('md5').update(MessageBody).digest('hex') };
  }
  const { ':faces': faces, ':outstanding': outstanding } = updateSchema.parse(
    JSON.parse(body),
  ).ExpressionAttributeValues;
  return { Attributes: { ...PENDING, ...(faces && { faces }), ...(outstanding && { outstanding }) } };
}

export async function startAwsDouble(): Promise<AwsDouble> {
  const answer = async (request: IncomingMessage): Promise<string | Uint8Array> => {
    const body = await buffer(request);
    const target = request.headers['x-amz-target'];
    if (typeof target === 'string') return JSON.stringify(answerJson(target, body.toString()));
    if (request.url?.includes('list-type=2')) return EMPTY_LIST;
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
