import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { describe, it } from 'node:test';
import { GetCommand, paginateScan } from '@aws-sdk/lib-dynamodb';
import { connectTo } from '../../../cli/target.ts';
import { Keys } from '../../../functions/api/keys.ts';
import { testStack } from '../../stack.ts';

const target = connectTo(await testStack());
const keys = new Keys(target.dynamo, target.stack.keyTable);

/** Uses a key at a moment of 2026-01-31, in seconds since 12:00:00. @returns "ok" or why not, and when to come again */
async function use(secret: string, seconds: number, time = '2026-01-31T12:00:00Z'): Promise<string> {
  const answer = await keys.use(secret, () => new Date(Date.parse(time) + seconds * 1000));
  if (!('refused' in answer)) return 'ok';
  return 'retryAfterSeconds' in answer ? `${answer.refused} ${answer.retryAfterSeconds}` : answer.refused;
}

describe('Keys', () => {
  it('keep a hash of each key and nothing that opens anything', async () => {
    const { secret, key } = await keys.create({ name: 'hashed' });
    for await (const { Items = [] } of paginateScan(
      { client: target.dynamo },
      { TableName: target.stack.keyTable },
    )) {
      assert.doesNotMatch(JSON.stringify(Items), new RegExp(secret.slice(3, 20)));
    }
    const { Item } = await target.dynamo.send(
      new GetCommand({ TableName: target.stack.keyTable, Key: { hash: key.hash } }),
    );
    assert.equal(Item?.name, 'hashed');
    assert.match(key.hash, /^[0-9a-f]{64}$/);
  });

  it("let a second's worth of requests come at once, and then one each interval", async () => {
    const { secret } = await keys.create({ name: 'paced', requestsPerSecond: 4 });
    const answers: string[] = [];
    for (const moment of [0, 0, 0, 0, 0, 0.2, 0.25, 0.3, 0.5, 10, 10, 10, 10, 10]) {
      answers.push(await use(secret, moment));
    }
    assert.deepEqual(answers, [
      ...['ok', 'ok', 'ok', 'ok', 'rate 1'],
      ...['rate 1', 'ok', 'rate 1', 'ok'],
      ...['ok', 'ok', 'ok', 'ok', 'rate 1'],
    ]);
  });

  it('say how long to wait at rates below one a second', async () => {
    const { secret } = await keys.create({ name: 'slow', requestsPerSecond: 0.1 });
    assert.equal(await use(secret, 0), 'ok');
    assert.equal(await use(secret, 1), 'rate 9');
    assert.equal(await use(secret, 10), 'ok');
  });

  it('count to the quota, and begin again at midnight UTC', async () => {
    const { secret } = await keys.create({ name: 'small', requestsPerSecond: 100, requestsPerDay: 3 });
    for (const moment of [0, 1, 2]) assert.equal(await use(secret, moment, '2026-01-31T23:59:00Z'), 'ok');
    assert.equal(await use(secret, 30, '2026-01-31T23:59:00Z'), 'quota 30');
    for (const moment of [0, 1, 2]) assert.equal(await use(secret, moment, '2026-02-01T00:00:00Z'), 'ok');
    assert.equal(await use(secret, 3, '2026-02-01T00:00:00Z'), 'quota 86397');
  });

  it('count right however many ask at once', async () => {
    const { secret } = await keys.create({ name: 'busy', requestsPerSecond: 5, requestsPerDay: 1000 });
    const answers = await Promise.all(Array.from({ length: 40 }, () => use(secret, 0)));
    assert.equal(answers.filter((answer) => answer === 'ok').length, 5);
  });

  it('write nothing for keys that are none, refused or revoked', async () => {
    const { secret, key } = await keys.create({ name: 'refused', requestsPerDay: 1 });
    const itemOf = async (one: string) => {
      const hash = createHash('sha256').update(one).digest('hex');
      const { Item } = await target.dynamo.send(
        new GetCommand({ TableName: target.stack.keyTable, Key: { hash } }),
      );
      return Item;
    };
    assert.equal(await use(secret, 0), 'ok');
    const used = await itemOf(secret);
    assert.equal(used?.id, key.id);
    assert.match(await use(secret, 5), /^quota/);
    assert.deepEqual(await itemOf(secret), used);
    await keys.revoke(key.id);
    const revoked = await itemOf(secret);
    assert.equal(await use(secret, 90_000), 'revoked');
    assert.deepEqual(await itemOf(secret), revoked);

    const unknown = `fd_${'x'.repeat(43)}`;
    assert.equal(await use(unknown, 0), 'unknown');
    assert.equal(await itemOf(unknown), undefined);
  });
});
