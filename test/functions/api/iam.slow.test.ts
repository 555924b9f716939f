import assert from 'node:assert/strict';
import { after, describe, it } from 'node:test';
import { Lambda } from '@aws-sdk/client-lambda';
import { SignatureV4 } from '@smithy/signature-v4';
import { z } from 'zod';
import { localApiUrl } from '../../../local/api.ts';
import { Pipeline } from '../../pipeline/pipeline.ts';
import { type Answer, assertProblem } from './client.ts';

const pipeline = await Pipeline.deploy('iam', { apiAccess: 'iam' });
after(() => pipeline.close());
const { stack, s3 } = pipeline.target;
const { endpoint = '', region, credentials = { accessKeyId: '', secretAccessKey: '' } } = stack;
const url = localApiUrl(stack.apiUrl, { endpoint, region, credentials });

const UNKNOWN =
  'AWS4-HMAC-SHA256 Credential=AKIAUNKNOWN/20260101/us-east-1/execute-api/aws4_request, SignedHeaders=host, Signature=0';
const answerSchema = z.object({
  statusCode: z.number(),
  headers: z.record(z.string(), z.string()),
  body: z.string(),
});

async function send(method: string, path: string, headers: Record<string, string> = {}): Promise<Answer> {
  const response = await fetch(`${url}${path}`, { method, headers, redirect: 'manual' });
  return {
    status: response.status,
    headers: response.headers,
    bytes: Buffer.from(await response.arrayBuffer()),
  };
}

/** As an AWS identity sends a request. */
async function sendSigned(method: string, path: string): Promise<Answer> {
  const signer = new SignatureV4({ service: 'execute-api', region, credentials, sha256: s3.config.sha256 });
  const { hostname, port, pathname, protocol } = new URL(`${url}${path}`);
  const { headers } = await signer.sign({
    method,
    protocol,
    hostname,
    port: Number(port),
    path: pathname,
    query: {},
    headers: { host: `${hostname}:${port}` },
  });
  return send(method, path, headers);
}

describe('access of AWS identities', () => {
  it('is for those who sign', async () => {
    const answer = await sendSigned('GET', 'photos');
    assert.equal(answer.status, 200, answer.bytes.toString());
    assert.deepEqual(JSON.parse(answer.bytes.toString()), { photos: [] });
  });

  it('is refused to everyone else, by API Gateway itself', async () => {
    for (const [method, path] of [
      ['GET', 'photos'],
      ['POST', 'predict'],
      ['DELETE', `photos/${'A'.repeat(32)}`],
    ] as const) {
      assert.equal((await send(method, path)).status, 403);
      assert.equal((await send(method, `assets/..%2F${path}`)).status, 403);
      assert.equal((await send(method, path, { 'x-api-key': `fd_${'A'.repeat(43)}` })).status, 403);
      assert.equal((await send(method, path, { authorization: UNKNOWN })).status, 403);
    }
  });

  it('is refused to requests that come past API Gateway without an identity', async () => {
    const lambda = new Lambda({ endpoint, region, credentials: { ...credentials } });
    const { Functions = [] } = await lambda.listFunctions({ MaxItems: 10_000 });
    const FunctionName = Functions.find(
      ({ Environment }) => Environment?.Variables?.API_ACCESS === 'iam',
    )?.FunctionName;
    const event = {
      ...{ version: '2.0', routeKey: '$default', rawPath: '/photos', rawQueryString: '', headers: {} },
      requestContext: { http: { method: 'GET', path: '/photos', sourceIp: '127.0.0.1' } },
      isBase64Encoded: false,
    };
    const { Payload } = await lambda.invoke({ FunctionName, Payload: JSON.stringify(event) });
    lambda.destroy();
    const { statusCode, headers, body } = answerSchema.parse(
      JSON.parse(Buffer.from(Payload ?? []).toString()),
    );
    assert.equal(statusCode, 401);
    assertProblem(
      { status: statusCode, headers: new Headers(headers), bytes: Buffer.from(body) },
      'not-signed',
    );
  });

  it('is not asked for where there is no data', async () => {
    for (const path of ['health', 'openapi.json', 'reference']) {
      assert.equal((await send('GET', path)).status, 200, path);
    }
    const page = await send('GET', '');
    assert.equal(page.status, 302);
    assert.equal(page.headers.get('location'), 'reference');
    const { security, components } = JSON.parse((await send('GET', 'openapi.json')).bytes.toString());
    assert.deepEqual(security, [{ signature: [] }]);
    assert.equal(components.securitySchemes.signature['x-amazon-apigateway-authtype'], 'awsSigv4');
  });
});
