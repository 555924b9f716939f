import assert from 'node:assert/strict';
import { after, describe, it } from 'node:test';
import { SignatureV4 } from '@smithy/signature-v4';
import { localApiUrl } from '../../../local/api.ts';
import { Pipeline } from '../../pipeline/pipeline.ts';
import { type Answer, assertProblem } from './client.ts';

const pipeline = await Pipeline.deploy('iam', { apiAccess: 'iam' });
after(() => pipeline.close());
const { stack, s3 } = pipeline.target;
const { endpoint = '', region, credentials = { accessKeyId: '', secretAccessKey: '' } } = stack;
const url = localApiUrl(stack.apiUrl, { endpoint, region, credentials });

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
    }
  });

  it('is refused to requests that come past API Gateway without an identity', async () => {
    // The local AWS lets an access key in that nobody has; AWS does not.
    const unknown = await send('GET', 'photos', {
      authorization:
        'AWS4-HMAC-SHA256 Credential=AKIAUNKNOWN/20260101/us-east-1/execute-api/aws4_request, Signature=0',
    });
    assert.equal(unknown.status, 401);
    assertProblem(unknown, 'not-signed');
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
