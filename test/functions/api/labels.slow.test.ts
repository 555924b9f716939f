import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { describe, it } from 'node:test';
import { GetObjectCommand, ListObjectsV2Command } from '@aws-sdk/client-s3';
import { DeleteCommand, GetCommand, PutCommand } from '@aws-sdk/lib-dynamodb';
import sharp from 'sharp';
import { samples } from '../../fixtures/index.ts';
import { assertProblem, Client, json } from './client.ts';

const client = await Client.create();
const id = await client.upload(new Uint8Array(await readFile(samples.hopper)));
await client.result(id);

const label = (body: unknown, face: number | string = 0) =>
  client.sendJson('PUT', `photos/${id}/faces/${face}/label`, body);

/** What is kept to train on, by key. */
async function kept(): Promise<Map<string, Buffer>> {
  const { s3, stack } = client.target;
  const Prefix = `${await client.owner()}/${id}/`;
  const { Contents = [] } = await s3.send(new ListObjectsV2Command({ Bucket: stack.labelBucket, Prefix }));
  const objects = Contents.map(async ({ Key = '' }): Promise<[string, Buffer]> => {
    const { Body } = await s3.send(new GetObjectCommand({ Bucket: stack.labelBucket, Key }));
    return [Key.slice(Prefix.length), Buffer.from((await Body?.transformToByteArray()) ?? [])];
  });
  return new Map(await Promise.all(objects));
}

describe('PUT /photos/{id}/faces/{face}/label', () => {
  it('shows the correction with the face and keeps both to train on', async () => {
    const answer = await label({ age: 78, gender: 'F', consent: true });
    assert.equal(answer.status, 200, answer.bytes.toString());
    const { faces = [] } = await client.result(id);
    assert.deepEqual(faces[0]?.label, json(answer));
    const { labelledAt, ...rest } = faces[0]?.label ?? {};
    assert.deepEqual(rest, { age: 78, gender: 'F', consent: true });

    const objects = await kept();
    assert.deepEqual([...objects.keys()].sort(), ['0.jpg', '0.json']);
    const { format, width, height, exif } = await sharp(objects.get('0.jpg')).metadata();
    const record = JSON.parse(objects.get('0.json')?.toString() ?? '');
    assert.equal(format, 'jpeg');
    assert.equal(exif, undefined);
    assert.deepEqual([width, height], [record.crop.width, record.crop.height]);
    assert.deepEqual(record.label, json(answer));
    assert.deepEqual(record.estimate.gender, faces[0]?.gender);
    // The crop shows the whole face, with room around it.
    const box = faces[0]?.box;
    assert.ok(box && record.crop.x < box.x && record.crop.x + record.crop.width > box.x + box.width);
  });

  it('refuses to correct an own attribute that the face does not tell', async () => {
    for (const name of ['glasses', 'constructor']) {
      const problem = assertProblem(
        await label({ attributes: { [name]: 'no' }, consent: true }),
        'not-found',
      );
      assert.match(
        problem.detail ?? '',
        new RegExp(`Expected only attributes that the face has but received ${name}`),
      );
    }
  });

  it('replaces an earlier correction', async () => {
    assert.equal((await label({ gender: 'F', consent: true })).status, 200);
    const { faces = [] } = await client.result(id);
    assert.equal(faces[0]?.label?.age, undefined);
    assert.equal((await kept()).size, 2);
  });

  it('keeps nothing without consent, and erases what was kept before', async () => {
    assert.equal((await label({ age: 79, consent: false })).status, 200);
    assert.equal((await client.result(id)).faces?.[0]?.label?.age, 79);
    assert.deepEqual(await kept(), new Map());
  });

  it('is taken back by DELETE, once or more often', async () => {
    assert.equal((await label({ age: 79, consent: true })).status, 200);
    for (let time = 0; time < 2; time++) {
      const answer = await client.send('DELETE', `photos/${id}/faces/0/label`);
      assert.equal(answer.status, 204);
      assert.equal((await client.result(id)).faces?.[0]?.label, undefined);
      assert.deepEqual(await kept(), new Map());
    }
  });

  it('is taken back also when its photo has no item any longer', async () => {
    const { dynamo, stack } = client.target;
    assert.equal((await label({ age: 79, consent: true })).status, 200);
    const Key = { photo: `api/${await client.owner()}/${id}` };
    const { Item } = await dynamo.send(new GetCommand({ TableName: stack.table, Key }));
    await dynamo.send(new DeleteCommand({ TableName: stack.table, Key }));
    for (let time = 0; time < 2; time++) {
      assert.equal((await client.send('DELETE', `photos/${id}/faces/0/label`)).status, 204);
      assert.deepEqual(await kept(), new Map());
    }
    const other = await Client.create();
    assertProblem(await other.send('DELETE', `photos/${id}/faces/0/label`), 'not-found');
    await dynamo.send(new PutCommand({ TableName: stack.table, Item }));
    assert.equal((await client.send('DELETE', `photos/${id}/faces/0/label`)).status, 204);
  });

  it('refuses corrections that say nothing or nonsense, naming the field', async () => {
    for (const [body, error] of [
      [
        { consent: true },
        {
          field: 'age',
          expected:
            'a number from 0 to 120 unless there is a gender, an expression, a state of the eyes, a state of the mouth or a rating',
          received: 'nothing',
        },
      ],
      [
        { age: 130, consent: true },
        { field: 'age', expected: 'at most 120', received: '130' },
      ],
      [
        { age: '30', consent: true },
        { field: 'age', expected: 'a number', received: '"30"' },
      ],
      [
        { gender: 'X', consent: true },
        { field: 'gender', expected: 'one of M, F', received: '"X"' },
      ],
      [{ age: 30 }, { field: 'consent', expected: 'true or false', received: 'nothing' }],
      [
        { age: 30, consent: true, x: 1 },
        { field: 'x', expected: 'left out', received: '1' },
      ],
    ] as const) {
      const answer = await label(body);
      assert.equal(answer.status, 400, JSON.stringify(body));
      assert.deepEqual(assertProblem(answer, 'invalid-request').errors, [error]);
    }
    assert.deepEqual(await kept(), new Map());
  });

  it('is for faces that there are', async () => {
    const { detail, errors } = assertProblem(await label({ age: 30, consent: true }, 1), 'not-found');
    assert.equal(detail, 'Expected face to be 0, as the photo has one face, but received 1.');
    assert.deepEqual(errors, [{ field: 'face', expected: '0', received: '1' }]);
    for (const face of [1, 99, 100, '-1', '0x0', '..', '%2e%2e', '0%20']) {
      const answer = await label({ age: 30, consent: true }, face);
      assert.equal(answer.status, 404, String(face));
      assertProblem(answer, 'not-found');
    }
    const { id: waiting } = await client.prepare({ contentType: 'image/png' });
    const path = `photos/${waiting}/faces/0/label`;
    assertProblem(await client.sendJson('PUT', path, { age: 30, consent: true }), 'not-ready');
    assertProblem(await client.send('DELETE', path), 'not-ready');
  });
});
