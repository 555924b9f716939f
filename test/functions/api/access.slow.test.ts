import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { describe, it } from 'node:test';
import { runCommand } from '../../cli/commands.ts';
import { samples } from '../../fixtures/index.ts';
import { assertProblem, Client, json } from './client.ts';

const client = await Client.create();

const GUARDED = [
  ['POST', 'predict'],
  ['POST', 'photos'],
  ['GET', 'photos'],
  ['GET', `photos/${'A'.repeat(32)}`],
  ['DELETE', `photos/${'A'.repeat(32)}`],
  ['GET', `photos/${'A'.repeat(32)}/image`],
  ['PUT', `photos/${'A'.repeat(32)}/faces/0/label`],
  ['DELETE', `photos/${'A'.repeat(32)}/faces/0/label`],
] as const;

describe('a key', () => {
  it('is asked for wherever there is data, before anything else is looked at', async () => {
    for (const [method, path] of GUARDED) {
      const answer = await client.with(undefined).send(method, path, method === 'POST' ? { body: 'x' } : {});
      assert.equal(answer.status, 401, path);
      assertProblem(answer, 'missing-key');
      assert.match(answer.headers.get('www-authenticate') ?? '', /^Bearer /);
    }
  });

  it('is not asked for where there is none', async () => {
    for (const path of ['', 'health', 'openapi.json', 'reference']) {
      assert.equal((await client.with(undefined).send('GET', path)).status, 200, path);
    }
  });

  it('opens nothing when it is another one, or no key at all', async () => {
    const key = client.key ?? '';
    const wrong = [
      `fd_${'A'.repeat(43)}`,
      `${key.slice(0, -1)}${key.endsWith('A') ? 'B' : 'A'}`,
      `${key}x`,
      key.toUpperCase(),
      key.slice(3),
      'fd_',
      '钥匙',
      `' OR 1=1 --`,
      '../../etc/passwd',
      'x'.repeat(5000),
    ];
    for (const secret of wrong) {
      const answer = await client.with(encodeURIComponent(secret)).send('GET', 'photos');
      assert.equal(answer.status, 401, secret);
      assertProblem(answer, 'wrong-key');
    }
  });

  it('may come in either header or in a form', async () => {
    const anyone = client.with(undefined);
    const body = new FormData();
    body.set('key', client.key ?? '');
    body.set('file', new Blob([await readFile(samples.coffee)]));
    for (const [method, path, init] of [
      ['GET', 'photos', { headers: { 'X-API-Key': client.key ?? '' } }],
      ['GET', 'photos', { headers: { authorization: `Bearer ${client.key}` } }],
      ['GET', 'photos', { headers: { authorization: `bearer   ${client.key}` } }],
      ['POST', 'predict', { body }],
    ] as const) {
      assert.equal((await anyone.send(method, path, init)).status, 200, path);
    }
    const basic = await anyone.send('GET', 'photos', { headers: { authorization: `Basic ${client.key}` } });
    assertProblem(basic, 'missing-key');
  });

  it('is worth nothing as soon as it is revoked', async () => {
    const other = await Client.create();
    assert.equal((await other.send('GET', 'photos')).status, 200);
    const { exitCode, stderr } = await runCommand('keys', ['revoke', await other.keyId()]);
    assert.equal(exitCode, 0, stderr);
    const answer = await other.send('GET', 'photos');
    assert.equal(answer.status, 401);
    assert.match(assertProblem(answer, 'wrong-key').detail, /revoked/);
  });

  it('may be used only so often a second', async () => {
    const slow = await Client.create({ requestsPerSecond: 0.02 });
    const answers = await Promise.all(Array.from({ length: 4 }, () => slow.send('GET', 'photos')));
    const refused = answers.filter(({ status }) => status !== 200);
    assert.equal(refused.length, 3);
    for (const answer of refused) {
      assert.equal(answer.status, 429);
      assertProblem(answer, 'too-many-requests');
      const seconds = Number(answer.headers.get('retry-after'));
      assert.ok(seconds > 0 && seconds <= 50);
    }
  });

  it('may be used only so often a day, however many ask at once', async () => {
    const small = await Client.create({ requestsPerDay: 5 });
    const answers = await Promise.all(Array.from({ length: 12 }, () => small.send('GET', 'photos')));
    assert.equal(answers.filter(({ status }) => status === 200).length, 5);
    for (const answer of answers.filter(({ status }) => status !== 200)) {
      assert.equal(answer.status, 429);
      assertProblem(answer, 'quota-used-up');
      const seconds = Number(answer.headers.get('retry-after'));
      assert.ok(seconds > 0 && seconds <= 86_400);
    }
  });
});

describe('one key', () => {
  it('opens nothing of what another one keeps', async () => {
    const stranger = await Client.create();
    const id = await client.upload(new Uint8Array(await readFile(samples.hopper)));
    await client.result(id);
    const correction = JSON.stringify({ age: 30, consent: true });
    for (const [method, path, init] of [
      ['GET', `photos/${id}`, {}],
      ['DELETE', `photos/${id}`, {}],
      ['GET', `photos/${id}/image`, {}],
      ['GET', `photos/${id}/image?blurred`, {}],
      [
        'PUT',
        `photos/${id}/faces/0/label`,
        { headers: { 'content-type': 'application/json' }, body: correction },
      ],
      ['DELETE', `photos/${id}/faces/0/label`, {}],
    ] as const) {
      const answer = await stranger.send(method, path, init);
      assert.equal(answer.status, 404, `${method} ${path}`);
      assertProblem(answer, 'not-found');
    }
    assert.deepEqual(json(await stranger.send('GET', 'photos')), { photos: [] });
    assert.equal((await client.send('GET', `photos/${id}`)).status, 200);
    // A second key of the same owner.
    const colleague = await Client.create({ owner: await client.owner() });
    assert.equal((await colleague.send('GET', `photos/${id}`)).status, 200);
  });

  it('opens nothing by ids that were never given, or that are paths', async () => {
    const id = await client.upload(new Uint8Array(await readFile(samples.hopper)));
    for (const path of [
      'A'.repeat(32),
      `${id.slice(0, 31)}${id.endsWith('A') ? 'B' : 'A'}`,
      id.slice(0, 31),
      `${id}A`,
      `${id}%00`,
      `${id}%20`,
      `${id}%09`,
      `%2e%2e%2f${id}`,
      encodeURIComponent(`../${await client.owner()}/${id}`),
      encodeURIComponent('照片'),
      '%',
      '%ff',
      "'",
      'a'.repeat(4000),
    ]) {
      const answer = await client.send('GET', `photos/${path}`);
      assert.equal(answer.status, 404, path);
      assertProblem(answer, 'not-found');
    }
  });
});

describe('npm run keys', () => {
  it('makes, lists and revokes keys, and shows none of them again', async () => {
    const made = await runCommand('keys', ['create', '张 "x"', '--rate', '0.5', '--quota', '7']);
    assert.equal(made.exitCode, 0, made.stderr);
    assert.match(made.stdout, /^fd_[\w-]{43}\n?$/);
    const secret = made.stdout.trim();
    assert.equal((await client.with(secret).send('GET', 'photos')).status, 200);

    const { stdout } = await runCommand('keys', ['list', '--json']);
    assert.ok(!stdout.includes(secret) && !stdout.includes(secret.slice(3)));
    const listed = stdout.split('\n').map((line) => JSON.parse(line));
    const own = listed.findLast(({ name }) => name === '张 "x"');
    assert.equal(own.requestsPerSecond, 0.5);
    assert.equal(own.requestsPerDay, 7);
    assert.equal(own.usedToday, 1);

    assert.equal((await runCommand('keys', ['revoke', own.id])).exitCode, 0);
    assert.equal((await client.with(secret).send('GET', 'photos')).status, 401);
    const unknown = await runCommand('keys', ['revoke', 'nobody']);
    assert.equal(unknown.exitCode, 2);
    assert.match(unknown.stderr, /Expected the id of a key but there is no "nobody"/);
  });
});
