import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { type IncomingHttpHeaders, request } from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { buffer } from 'node:stream/consumers';
import { after, describe, it } from 'node:test';
import { DynamoDB } from '@aws-sdk/client-dynamodb';
import { LambdaClient, ListFunctionsCommand } from '@aws-sdk/client-lambda';
import { GetObjectCommand, PutObjectCommand, S3 } from '@aws-sdk/client-s3';
import { SQS } from '@aws-sdk/client-sqs';
import { createPresignedPost } from '@aws-sdk/s3-presigned-post';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import { SignatureV4 } from '@smithy/signature-v4';
import { startMiniStack } from '../../local/ministack.ts';
import { pythonEnvironment } from '../../local/python.ts';
import { testStack } from '../stack.ts';

interface Answer {
  readonly status: number | undefined;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
}

/** Sends a request as it is told: `fetch` chooses some headers itself. */
async function send(
  url: string | URL,
  {
    method = 'GET',
    headers = {},
    body = '',
  }: { method?: string; headers?: Record<string, string>; body?: string } = {},
): Promise<Answer> {
  const sent = request(url, { method, headers: { ...headers, 'content-length': Buffer.byteLength(body) } });
  sent.end(body);
  const [response] = await once(sent, 'response');
  return {
    status: response.statusCode,
    headers: response.headers,
    text: (await buffer(response)).toString(),
  };
}

function assertRefused({ status, headers, text }: Answer, reason: RegExp): void {
  assert.equal(status, 403, text);
  assert.match(text, reason);
  assert.equal(headers['access-control-allow-origin'], undefined);
}

const stack = await testStack();
const { endpoint, region, credentials, photoBucket } = stack;
const { host } = new URL(endpoint);
const s3 = new S3({ ...stack, forcePathStyle: true });
after(() => s3.destroy());

/** As a page elsewhere sends what a browser lets it send without asking first. */
const CROSS_SITE = {
  origin: 'https://evil.example',
  'sec-fetch-site': 'cross-site',
  'content-type': 'text/plain',
};
const FUNCTION = JSON.stringify({ FunctionName: 'evil', Runtime: 'python3.12', Handler: 'evil.handler' });

describe('the local AWS', () => {
  it('takes no functions from pages elsewhere, nor from whoever does not sign', async () => {
    const functions = `${endpoint}/2015-03-31/functions`;
    const lambda = new LambdaClient(stack);
    const { Functions: [known] = [] } = await lambda.send(new ListFunctionsCommand({}));
    lambda.destroy();
    for (const url of [functions, `${functions}/${known?.FunctionName}/invocations`]) {
      const post = { method: 'POST', body: FUNCTION };
      assertRefused(
        await send(url, { ...post, headers: CROSS_SITE }),
        /from a page of this stack but .*evil/,
      );
      assertRefused(await send(url, post), /Expected a signed request/);
    }
  });

  it('is no other host, so that no name can be led to it', async () => {
    for (const route of ['/', `/${photoBucket}`, '/_ministack/ready', new URL(stack.apiUrl).pathname]) {
      const answer = await send(endpoint + route, {
        headers: { host: `evil.example:${new URL(endpoint).port}` },
      });
      assertRefused(answer, new RegExp(`Expected the host ${host} but received .*evil`));
    }
  });

  it('shows photos to nobody unknown', async () => {
    await s3.putObject({ Bucket: photoBucket, Key: 'guard/private.txt', Body: 'private' });
    for (const route of [
      '',
      `/${photoBucket}`,
      `/${photoBucket}?list-type=2`,
      `/${photoBucket}/guard/private.txt`,
    ]) {
      assertRefused(await send(endpoint + route), /Expected a signed request/);
      assertRefused(await send(endpoint + route, { headers: CROSS_SITE }), /from a page of this stack/);
      assertRefused(
        await send(endpoint + route, { headers: { 'sec-fetch-site': 'same-site' } }),
        /from a page of this stack but received one from another/,
      );
    }
    const preflight = { ...CROSS_SITE, 'access-control-request-method': 'POST' };
    assertRefused(await send(endpoint, { method: 'OPTIONS', headers: preflight }), /corsOrigins/);
  });

  it('is not emptied, looked into or set up by anyone', async () => {
    const signer = new SignatureV4({ service: 's3', region, credentials, sha256: s3.config.sha256 });
    const { hostname, port } = new URL(endpoint);
    for (const [method, route] of [
      ['POST', '/_ministack/reset'],
      ['POST', '/_ministack/config'],
      ['GET', '/_ministack/health'],
      ['GET', '/_localstack/health'],
    ] as const) {
      const { headers } = await signer.sign({
        ...{ method, protocol: 'http:', hostname, port: Number(port), path: route, query: {} },
        headers: { host, 'x-amz-content-sha256': 'UNSIGNED-PAYLOAD' },
      });
      for (const sent of [{}, headers]) {
        assertRefused(await send(endpoint + route, { method, headers: sent }), /which administers MiniStack/);
      }
    }
    assert.ok((await s3.headBucket({ Bucket: photoBucket })).$metadata.httpStatusCode);
  });

  it('asks for the access key and for its secret', async () => {
    const { accessKeyId, secretAccessKey } = credentials;
    for (const [other, message] of [
      [{ accessKeyId, secretAccessKey: 'test' }, /signature we calculated does not match/],
      [{ accessKeyId: 'test', secretAccessKey: 'test' }, /signature we calculated does not match/],
      [{ accessKeyId: '000000000000', secretAccessKey: 'test' }, /signature we calculated does not match/],
      [
        { accessKeyId: 'AKIAUNKNOWN', secretAccessKey },
        /^Expected an access key of this stack but received 'AKIAU/,
      ],
    ] as const) {
      const aws = { endpoint, region, credentials: { ...other }, maxAttempts: 1 };
      await assert.rejects(new S3({ ...aws, forcePathStyle: true }).listBuckets(), { message });
      await assert.rejects(new DynamoDB(aws).listTables(), { message });
      await assert.rejects(new SQS(aws).listQueues(), { message });
    }
  });

  it('leaves the way to the HTTP API open, which has keys of its own, and no other way beside it', async () => {
    assert.equal((await send(stack.apiUrl)).status, 200);
    assert.equal((await send(`${stack.apiUrl}photos`)).status, 401);
    assertRefused(await send(stack.apiUrl, { headers: CROSS_SITE }), /from a page of this stack/);

    const scan = {
      'x-amz-target': 'DynamoDB_20120810.ListTables',
      'content-type': 'application/x-amz-json-1.0',
    };
    for (const route of [
      '/_aws/execute-api//',
      '/_aws/execute-api/',
      '/_aws/execute-api',
      '/_aws/lambda-url/a/',
    ]) {
      const answer = await send(endpoint + route, { method: 'POST', headers: scan, body: '{}' });
      assertRefused(answer, /Expected a signed request/);
    }
    const named = {
      authorization: 'AWS4-HMAC-SHA256 Credential=000000000000/20260101/us-east-1/execute-api/aws4_request',
    };
    assertRefused(await send(`${stack.apiUrl}photos`, { headers: named }), /requires 'Signature'/);
  });

  it('lets pages of its own through, and tells nobody that others may read', async () => {
    for (const origin of [endpoint, `http://localhost:${new URL(endpoint).port}`]) {
      const headers = { origin, 'access-control-request-method': 'POST' };
      const { status, headers: answered } = await send(`${endpoint}/${photoBucket}`, {
        method: 'OPTIONS',
        headers,
      });
      assert.equal(status, 200);
      assert.equal(answered['access-control-allow-origin'], origin);
    }
    const url = await getSignedUrl(s3, new GetObjectCommand({ Bucket: photoBucket, Key: 'guard/none' }));
    // As a form on a page that keeps its address to itself.
    const form = { origin: 'null', 'sec-fetch-site': 'same-origin' };
    assert.equal((await send(stack.apiUrl, { headers: form })).status, 200);
    assertRefused(await send(stack.apiUrl, { headers: { origin: 'null' } }), /but received one from 'null'/);
    const { status, headers } = await send(url);
    assert.equal(status, 404);
    assert.equal(headers['access-control-allow-origin'], undefined);
  });

  it('takes signed addresses as they are, and no others', async () => {
    const Key = "guard/an odd name'+ü.txt";
    const put = await getSignedUrl(s3, new PutObjectCommand({ Bucket: photoBucket, Key }));
    assert.equal((await send(put, { method: 'PUT', body: 'text' })).status, 200);
    const get = new URL(await getSignedUrl(s3, new GetObjectCommand({ Bucket: photoBucket, Key })));
    assert.equal((await send(get)).text, 'text');
    const other = new URL(get);
    other.pathname = `/${photoBucket}/guard/private.txt`;
    assertRefused(await send(other), /does not match/);
    const scan = { 'x-amz-target': 'DynamoDB_20120810.ListTables' };
    assertRefused(await send(get, { headers: scan }), /Expected the header x-amz-target to be signed/);
  });

  it('takes signed forms as they are, and no others', async () => {
    const { url, fields } = await createPresignedPost(s3, { Bucket: photoBucket, Key: 'guard/form.txt' });
    const upload = async (changed: Record<string, string>, to = url) => {
      const form = new FormData();
      for (const [name, value] of Object.entries({ ...fields, ...changed })) form.append(name, value);
      form.append('file', new Blob(['text']), 'file.txt');
      const response = await fetch(to, { method: 'POST', body: form });
      return { status: response.status, text: await response.text() };
    };
    assert.equal((await upload({})).status, 204);
    const policy = Buffer.from('{"expiration":"2099-01-01T00:00:00Z","conditions":[]}').toString('base64');
    for (const [changed, to] of [
      [{ Policy: policy }],
      [{ 'X-Amz-Signature': '0'.repeat(64) }],
      [{ 'X-Amz-Credential': 'AKIAUNKNOWN/20260101/us-east-1/s3/aws4_request' }],
      [{}, `${url}?Action=ListQueues`],
      [{}, `${endpoint}/2015-03-31/functions`],
    ] as const) {
      const { status, text } = await upload(changed, to);
      assert.equal(status, 403);
      assert.match(text, /Expected a signed request/);
    }
  });

  it('lets pages on origins that it is told read answers and upload', async (t) => {
    const python = await pythonEnvironment(
      'ministack',
      path.join(import.meta.dirname, '../../local/requirements.txt'),
    );
    const folder = await mkdtemp(path.join(tmpdir(), 'facedrop-guard-'));
    const origin = 'https://app.example';
    const ministack = await startMiniStack({ python, folder, origins: [origin] });
    t.after(async () => {
      await ministack.stop();
      await rm(folder, { recursive: true });
    });
    const own = new S3({ ...ministack.aws, forcePathStyle: true });
    await own.createBucket({ Bucket: 'bucket' });
    const url = await getSignedUrl(own, new PutObjectCommand({ Bucket: 'bucket', Key: 'key' }));
    const headers = { origin, 'sec-fetch-site': 'cross-site' };
    const preflight = { ...headers, 'access-control-request-method': 'PUT' };
    for (const answer of [
      await send(url, { method: 'OPTIONS', headers: preflight }),
      await send(url, { method: 'PUT', headers, body: 'text' }),
    ]) {
      assert.equal(answer.status, 200, answer.text);
      assert.equal(answer.headers['access-control-allow-origin'], origin);
    }
    assertRefused(await send(url, { headers: CROSS_SITE }), /corsOrigins/);
  });
});
