import assert from 'node:assert/strict';
import { request } from 'node:http';
import { describe, it } from 'node:test';
import { healthSchema } from '../../../functions/api/schemas.ts';
import project from '../../../package.json' with { type: 'json' };
import { assertProblem, Client, json } from './client.ts';

const client = await Client.create();
const anyone = client.with(undefined);

describe('every answer', () => {
  it('forbids browsers what it does not need', async () => {
    for (const path of ['', 'health', 'openapi.json', 'reference', 'photos', 'nothing']) {
      const { headers } = await client.send('GET', path);
      assert.equal(headers.get('x-content-type-options'), 'nosniff', path);
      assert.equal(headers.get('referrer-policy'), 'no-referrer', path);
      assert.equal(headers.get('access-control-allow-origin'), null, path);
    }
  });

  it('is a problem document when there is no such path', async () => {
    for (const path of [
      'nothing',
      'photos/a/b/c',
      'assets/page',
      'assets/..%2findex',
      '.env',
      '%E7%85%A7',
      'x%00',
    ]) {
      const answer = await client.send('GET', path);
      assert.equal(answer.status, 404, path);
      assertProblem(answer, 'not-found');
    }
  });

  it('is a problem document when there is no such method, and says which there are', async () => {
    for (const [method, path, allowed] of [
      ['GET', 'predict', 'POST'],
      ['PATCH', 'photos', 'POST, GET, HEAD'],
      ['POST', 'health', 'GET, HEAD'],
      ['PUT', `photos/${'A'.repeat(32)}`, 'GET, HEAD, DELETE'],
      ['SEARCH', 'photos', 'POST, GET, HEAD'],
    ] as const) {
      const answer = await anyone.send(method, path);
      assert.equal(answer.status, 405, `${method} ${path}`);
      assertProblem(answer, 'method-not-allowed');
      assert.equal(answer.headers.get('allow'), allowed);
    }
  });

  it('is a problem document to requests that fetch does not even send', async () => {
    const { status, text } = await sendRaw('TRACE', 'health');
    assert.equal(status, 405);
    assert.match(text, /"detail":"Expected the method to be GET or HEAD but received TRACE\."/);
    const { status: withBody } = await sendRaw('GET', 'health', 'a body');
    assert.equal(withBody, 200);
  });

  it('to HEAD is that to GET without its body', async () => {
    const answer = await anyone.send('HEAD', 'health');
    assert.equal(answer.status, 200);
    assert.equal(answer.bytes.length, 0);
  });
});

/** Sends what `fetch` refuses to send. */
function sendRaw(
  method: string,
  path: string,
  body = '',
): Promise<{ status: number | undefined; text: string }> {
  return new Promise((resolve, reject) => {
    const sent = request(
      `${client.url}${path}`,
      { method, headers: { 'content-length': body.length } },
      (response) => {
        let text = '';
        response.setEncoding('utf8');
        response.on('data', (chunk) => {
          text += chunk;
        });
        response.once('end', () => resolve({ status: response.statusCode, text }));
      },
    );
    sent.once('error', reject).end(body);
  });
}

describe('GET /health', () => {
  it('says which networks answer, and nothing else', async () => {
    const health = healthSchema.strict().parse(json(await anyone.send('GET', 'health')));
    assert.equal(health.version, project.version);
    assert.equal(health.engine, 'onnx');
    assert.deepEqual(
      health.models.map(({ name }) => name),
      ['CenterFace', 'facedrop'],
    );
  });
});

describe('GET /openapi.json', () => {
  it('describes every operation, its answers and its problems', async () => {
    const { openapi, paths, servers } = JSON.parse(
      (await anyone.send('GET', 'openapi.json')).bytes.toString(),
    );
    assert.equal(openapi, '3.1.0');
    assert.deepEqual(servers, [{ url: '.' }]);
    const operations = Object.entries<Record<string, { responses: object }>>(paths).flatMap(
      ([path, methods]) =>
        Object.entries(methods).map(([method, { responses }]) => [
          `${method} ${path}`,
          Object.keys(responses),
        ]),
    );
    assert.deepEqual(Object.fromEntries(operations), {
      'get /health': ['200', '500'],
      'post /predict': ['200', '400', '401', '403', '404', '413', '415', '422', '429', '500'],
      'post /photos': ['201', '400', '401', '413', '415', '422', '429', '500'],
      'get /photos': ['200', '400', '401', '429', '500'],
      'get /photos/{id}': ['200', '202', '401', '404', '429', '500'],
      'delete /photos/{id}': ['204', '401', '404', '429', '500'],
      'get /photos/{id}/image': ['200', '400', '401', '404', '409', '413', '422', '429', '500'],
      'put /photos/{id}/faces/{face}/label': [
        ...['200', '400', '401', '404', '409', '413', '415', '422', '429', '500'],
      ],
      'delete /photos/{id}/faces/{face}/label': ['204', '401', '404', '409', '429', '500'],
      'post /trainings': ['201', '400', '401', '403', '409', '415', '422', '429', '500', '501'],
      'get /trainings': ['200', '400', '401', '403', '429', '500', '501'],
      'get /trainings/{id}': ['200', '401', '403', '404', '429', '500', '501'],
      'delete /trainings/{id}': ['202', '401', '403', '404', '429', '500', '501'],
    });
  });

  it('is compressed for those who take it so', async () => {
    const { headers } = await anyone.send('GET', 'openapi.json');
    assert.equal(headers.get('content-encoding'), 'gzip');
    const plain = await anyone.send('GET', 'openapi.json', { headers: { 'accept-encoding': 'identity' } });
    assert.equal(plain.headers.get('content-encoding'), null);
  });
});

describe('GET /reference', () => {
  it('shows every operation and schema, without scripts and without anything from elsewhere', async () => {
    const page = await anyone.send('GET', 'reference');
    const html = page.bytes.toString();
    assert.match(
      page.headers.get('content-security-policy') ?? '',
      /^default-src 'none'; style-src 'sha256-[^']+';/,
    );
    // Markup that was escaped once too often.
    assert.doesNotMatch(html, /&lt;\/?(code|a|p)\b/);
    assert.doesNotMatch(html, /<script|<link|<img|https?:\/\/|javascript:/);
    const { paths, components } = JSON.parse((await anyone.send('GET', 'openapi.json')).bytes.toString());
    for (const path of Object.keys(paths)) assert.ok(html.includes(path), path);
    for (const [, name] of html.matchAll(/href="#schema-(\w+)"/g)) {
      assert.ok(html.includes(`id="schema-${name}"`), name);
    }
    for (const name of Object.keys(components.schemas)) assert.ok(html.includes(`id="schema-${name}"`), name);
    for (const [, name] of html.matchAll(/<a href="#([a-z-]+)"/g))
      assert.ok(html.includes(`id="${name}"`), name);
  });
});
