import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { describe, it } from 'node:test';
import { PutObjectCommand, paginateListObjectsV2 } from '@aws-sdk/client-s3';
import { MAXIMUM_BODY } from '../../../functions/api/body.ts';
import { predictionSchema } from '../../../functions/api/schemas.ts';
import { fixtures, samples } from '../../fixtures/index.ts';
import { type Answer, assertProblem, Client, json } from './client.ts';

const client = await Client.create();
const admin = await Client.create({ admin: true });

const read = async (file: string) => new Uint8Array(await readFile(file));

function prediction(answer: Answer) {
  assert.equal(answer.status, 200, answer.bytes.toString());
  const parsed = predictionSchema.parse(json(answer));
  if (!parsed.ismankind) throw new Error('Expected a face.');
  return parsed;
}

async function form(field: string, file: string, type = 'image/jpeg'): Promise<RequestInit> {
  const body = new FormData();
  body.set(field, new Blob([await readFile(file)], { type }), '照片 "1".jpg');
  return { body };
}

/** The keys of everything in the stack's buckets. */
async function stored(): Promise<string[]> {
  const { s3, stack } = client.target;
  const keys: string[] = [];
  for (const Bucket of [stack.photoBucket, stack.chipBucket, stack.labelBucket]) {
    for await (const { Contents = [] } of paginateListObjectsV2(
      { client: s3 },
      { Bucket, Prefix: `api/${await client.owner()}` },
    )) {
      keys.push(...Contents.flatMap(({ Key }) => Key ?? []));
    }
  }
  return keys;
}

describe('POST /predict', () => {
  it('answers as the tutorial has it, with every face beside it', async () => {
    const answer = await client.send('POST', 'predict', await form('file', samples.hopper));
    const { age, gender, score, faces, facesFound, width, height } = prediction(answer);
    const [face] = faces;
    assert.equal(faces.length, 1);
    assert.equal(facesFound, 1);
    assert.deepEqual([age, gender, score], [face?.age?.group, face?.gender?.gender, face?.score]);
    assert.equal(age, '(60, 100)');
    assert.deepEqual([width, height], [512, 600]);
    assert.equal(face?.landmarks?.length, 5);
    const total = Object.values(face?.age?.groups ?? {}).reduce((sum, value) => sum + value, 0);
    assert.ok(Math.abs(total - 1) < 0.01);
  });

  it('takes a photo in whichever way clients send it, and answers the same', async () => {
    const bytes = await read(samples.hopper);
    const base64 = Buffer.from(bytes).toString('base64');
    const key = 'predict/hopper 照片.jpg';
    await client.target.s3.send(
      new PutObjectCommand({ Bucket: client.target.stack.photoBucket, Key: key, Body: bytes }),
    );
    const answers = [
      await client.send('POST', 'predict', await form('file', samples.hopper)),
      await client.sendPhoto(bytes),
      await client.sendPhoto(bytes, { type: 'application/octet-stream' }),
      // What curl --data-binary sends.
      await client.sendPhoto(bytes, { type: 'application/x-www-form-urlencoded' }),
      await client.sendJson('POST', 'predict', { image: base64 }),
      // What the program base64 prints.
      await client.sendJson('POST', 'predict', { image: base64.replaceAll(/.{76}/g, '$&\n') }),
      await client.sendJson('POST', 'predict', { image: `data:image/jpeg;base64,${base64}` }),
      await admin.sendJson('POST', 'predict', { key }),
    ].map(prediction);
    for (const answer of answers) assert.deepEqual(answer, answers[0]);
  });

  it('takes a form in whichever way clients write one', async () => {
    const bytes = await read(samples.hopper);
    const expected = prediction(await client.sendPhoto(bytes));
    const send = (disposition: string, type = '\r\nContent-Type: image/jpeg', field = '') => {
      const head = `--b0undary\r\nContent-Disposition: form-data; ${disposition}${type}\r\n\r\n`;
      const body = Buffer.concat([Buffer.from(field + head), bytes, Buffer.from('\r\n--b0undary--\r\n')]);
      const headers = { 'content-type': 'multipart/form-data; boundary=b0undary' };
      return client.send('POST', 'predict', { headers, body: new Uint8Array(body) });
    };
    const other = '--b0undary\r\nContent-Disposition: form-data; name="other"\r\n\r\ntext\r\n';
    const answers = [
      // Go, and curl before 7.81.
      await send('name="file"; filename="12\\" cover.jpg"'),
      await send('name="file"; filename="back\\\\"'),
      await send('filename="a name=b.jpg"; name="file"'),
      await send(`name="file"; filename*=UTF-8''%E7%85%A7.jpg`),
      await send('name="file"; filename="a.jpg"', '', other),
      await send('name=file; filename=a.jpg'),
      await send('name="file"'),
      await send('name="file"', '\r\nContent-Type: application/octet-stream'),
    ];
    for (const answer of answers) assert.deepEqual(prediction(answer), expected);
    assertProblem(await send('name="file"', ''), 'invalid-request');
    assertProblem(await send('name="files"; filename="a.jpg"'), 'invalid-request');
  });

  it('takes a photo whose type is given as the description has it', async () => {
    prediction(await client.sendPhoto(await read(samples.hopper), { type: 'image/*' }));
  });

  it('takes base64 whose plus signs became blanks, and base64 that is parted by blanks', async () => {
    const bytes = await read(samples.hopper);
    const base64 = Buffer.from(bytes).toString('base64');
    const expected = prediction(await client.sendPhoto(bytes));
    for (const image of [
      base64.replaceAll('+', ' '),
      base64.replaceAll(/.{76}/g, '$&\n').replaceAll('+', ' '),
      `data:image/jpeg;base64,${base64.replaceAll('+', ' ')}`,
      base64.replaceAll(/.{76}/g, '$& '),
    ]) {
      assert.deepEqual(prediction(await client.sendJson('POST', 'predict', { image })), expected);
    }
  });

  it('answers with nothing else when there is no face', async () => {
    const answer = await client.sendPhoto(await read(samples.coffee));
    assert.equal(answer.bytes.toString(), '{"ismankind":false}');
  });

  it('answers with several faces, largest first, as many as are asked for', async () => {
    const bytes = await read(samples.oath);
    const all = prediction(await client.sendPhoto(bytes));
    assert.ok(all.faces.length >= 7);
    const areas = all.faces.map(({ box }) => box.width * box.height);
    assert.deepEqual(
      areas,
      areas.toSorted((a, b) => b - a),
    );
    const two = prediction(await client.sendPhoto(bytes, { query: '?maximumFaces=2' }));
    assert.deepEqual(two.faces, all.faces.slice(0, 2));
    assert.equal(two.facesFound, all.facesFound);
  });

  it('leaves out probabilities and landmarks where they are not wanted', async () => {
    const bytes = await read(samples.hopper);
    const { faces } = prediction(
      await client.sendPhoto(bytes, { query: '?probabilities=false&landmarks=false' }),
    );
    assert.equal(faces[0]?.landmarks, undefined);
    assert.equal(faces[0]?.age?.groups, undefined);
    const bare = prediction(await client.sendPhoto(bytes, { query: '?probabilities&landmarks' }));
    assert.ok(bare.faces[0]?.landmarks && bare.faces[0].age?.groups);
  });

  it('tells only what is wanted', async () => {
    const bytes = await read(samples.hopper);
    const all = prediction(await client.sendPhoto(bytes));
    const wanted = prediction(await client.sendPhoto(bytes, { query: '?attributes=gender,%20quality' }));
    const [face] = wanted.faces;
    assert.deepEqual(face, {
      ...{ box: face?.box, confidence: face?.confidence, landmarks: face?.landmarks },
      ...{ gender: all.faces[0]?.gender, quality: all.faces[0]?.quality },
    });
    assert.deepEqual([wanted.gender, wanted.age, wanted.score], [all.gender, undefined, undefined]);

    // A form may have it in a field, or in several as boxes to tick are.
    for (const names of [['age'], ['age', 'gender'], ['age,gender']]) {
      const sent = await form('file', samples.hopper);
      for (const name of names) if (sent.body instanceof FormData) sent.body.append('attributes', name);
      const { faces } = prediction(await client.send('POST', 'predict', sent));
      assert.deepEqual(faces[0]?.age, all.faces[0]?.age);
      assert.equal(faces[0]?.gender !== undefined, names.join().includes('gender'));
      assert.equal(faces[0]?.quality, undefined);
    }

    // Who leaves out faces by their quality need not see it.
    const good = prediction(await client.sendPhoto(bytes, { query: '?attributes=age&minimumQuality=5' }));
    assert.equal(good.facesFound, 1);
    assert.equal(good.faces[0]?.quality, undefined);
  });

  it('says how to turn on what is wanted and off', async () => {
    const bytes = await read(samples.hopper);
    const sent = await form('file', samples.hopper);
    if (sent.body instanceof FormData) sent.body.set('attributes', 'expression');
    for (const answer of [
      await client.sendPhoto(bytes, { query: '?attributes=age,expression' }),
      await client.send('POST', 'predict', sent),
    ]) {
      const { detail, errors } = assertProblem(answer, 'unknown-attribute');
      assert.equal(
        detail,
        'Expected attributes to be any of age, gender, quality but received "expression". ' +
          'A deployment turns it on with -c attributes=age,gender,expression.',
      );
      assert.deepEqual(errors, [
        { field: 'attributes', expected: 'any of age, gender, quality', received: '"expression"' },
      ]);
    }
    const own = assertProblem(
      await client.sendPhoto(bytes, { query: '?attributes=glasses' }),
      'unknown-attribute',
    );
    assert.match(own.detail, /has to be trained first: npm run train -- --task glasses\.$/);
    for (const query of [
      '?attributes=',
      '?attributes=age&attributes=gender',
      `?attributes=${'a'.repeat(2000)}`,
    ]) {
      assertProblem(await client.sendPhoto(bytes, { query }), 'invalid-request');
    }
  });

  it('goes by the bytes, whatever the client calls them', async () => {
    const png = await read(await fixtures.png());
    assert.equal(prediction(await client.sendPhoto(png, { type: 'image/jpeg' })).facesFound, 1);
    for (const [fixture, kind] of [
      [fixtures.text, 'not-an-image'],
      [fixtures.pdf, 'not-an-image'],
      [fixtures.video, 'not-an-image'],
      [fixtures.heic, 'unsupported-format'],
      [fixtures.svg, 'not-an-image'],
    ] as const) {
      const answer = await client.sendPhoto(await read(await fixture()), { type: 'image/jpeg' });
      assert.equal(answer.status, 415);
      assertProblem(answer, kind);
    }
  });

  it('refuses photos that cannot be read, saying why', async () => {
    for (const [fixture, status, kind] of [
      [fixtures.empty, 422, 'empty'],
      [fixtures.truncatedJpeg, 422, 'corrupt'],
      [fixtures.zeroSizePng, 422, 'corrupt'],
      [fixtures.decompressionBomb, 413, 'too-many-pixels'],
      [fixtures.endlessRow, 413, 'too-many-pixels'],
    ] as const) {
      const answer = await client.sendPhoto(await read(await fixture()));
      assert.equal(answer.status, status, kind);
      assertProblem(answer, kind);
    }
  });

  it('refuses photos past the limit in every form, pointing to the way for large ones', async () => {
    const large = new Uint8Array(MAXIMUM_BODY + 1);
    large.set(await read(samples.hopper));
    const body = new FormData();
    body.set('file', new Blob([large]));
    for (const answer of [
      await client.sendPhoto(large),
      await client.send('POST', 'predict', { body }),
      await client.sendJson('POST', 'predict', { image: Buffer.from(large).toString('base64') }),
    ]) {
      assert.equal(answer.status, 413);
      assert.match(assertProblem(answer, 'too-many-bytes').detail, /received 4,500,001 bytes.*POST \/photos/);
    }
    assert.equal(prediction(await client.sendPhoto(large.subarray(0, MAXIMUM_BODY))).age, '(60, 100)');
  });

  it('names the field at fault, what it should be and what came', async () => {
    const bytes = await read(samples.hopper);
    const two = new FormData();
    for (let time = 0; time < 2; time++) two.append('file', new Blob([bytes]));
    for (const [answer, error] of [
      [
        client.sendPhoto(bytes, { query: '?maximumFaces=0' }),
        { field: 'maximumFaces', expected: 'at least 1', received: '"0"' },
      ],
      [
        client.sendPhoto(bytes, { query: '?maximumFaces=many' }),
        { field: 'maximumFaces', expected: 'a whole number from 1 to 100', received: '"many"' },
      ],
      [
        client.sendPhoto(bytes, { query: '?landmarks=perhaps' }),
        { field: 'landmarks', expected: 'true or false', received: '"perhaps"' },
      ],
      [
        client.sendJson('POST', 'predict', { image: 'no base64!' }),
        { field: 'image', expected: 'base64', received: '"no base64!"' },
      ],
      [
        client.sendJson('POST', 'predict', { picture: 'x' }),
        {
          field: 'body',
          expected: 'an object with either "image" (the photo in base64) or "key" (of a photo in the bucket)',
          received: 'an object with "picture"',
        },
      ],
      [
        client.sendPhoto(bytes, { query: '?maximumFaces=1&maximumFaces=2' }),
        { field: 'maximumFaces', expected: 'one whole number from 1 to 100', received: 'a list of 2' },
      ],
      [
        client.send('POST', 'predict', await form('photo', samples.hopper)),
        { field: 'file', expected: 'a photo', received: 'nothing' },
      ],
      [
        client.send('POST', 'predict', { body: two }),
        { field: 'file', expected: 'one photo', received: '2' },
      ],
      [
        client.send('POST', 'predict', {
          headers: { 'content-type': 'application/json' },
          body: '{"image":',
        }),
        { field: 'body', expected: 'JSON', received: 'something else' },
      ],
      [
        client.send('POST', 'predict', {
          headers: { 'content-type': 'multipart/form-data; boundary=x' },
          body: '--x\r\nContent-Disposition: form-data; name="file"; filename="a.jpg"\r\n\r\n',
        }),
        { field: 'body', expected: 'multipart/form-data', received: 'something else' },
      ],
    ] as const) {
      const { errors } = assertProblem(await answer, 'invalid-request');
      assert.deepEqual(errors, [error]);
    }
    const unsupported = await client.send('POST', 'predict', {
      headers: { 'content-type': 'text/plain' },
      body: 'x',
    });
    assert.equal(unsupported.status, 415);
    assert.equal(assertProblem(unsupported, 'unsupported-media-type').errors?.[0]?.field, 'Content-Type');
  });

  it('reads photos of the bucket only as far as the key goes', async () => {
    const { stack, s3 } = client.target;
    const id = await client.upload(await read(samples.hopper));
    const Body = await read(samples.hopper);
    await s3.send(new PutObjectCommand({ Bucket: stack.photoBucket, Key: 'predict/dropped.jpg', Body }));
    const own = await client.owner();
    assert.equal(
      prediction(await client.sendJson('POST', 'predict', { key: `api/${own}/${id}` })).age,
      '(60, 100)',
    );
    const stranger = await Client.create();
    for (const key of [
      'predict/dropped.jpg',
      `api/${own}/${id}`,
      `../api/${own}/${id}`,
      `api/../api/${own}/${id}`,
      `/api/${own}/${id}`,
      `api/%2e%2e/${own}/${id}`,
    ]) {
      const answer = await stranger.sendJson('POST', 'predict', { key });
      assert.equal(answer.status, 403, key);
      assertProblem(answer, 'not-allowed');
    }
    const missing = await client.sendJson('POST', 'predict', { key: `api/${own}/../x` });
    assert.equal(missing.status, 404);
    assertProblem(missing, 'not-found');
    assert.equal(
      prediction(await admin.sendJson('POST', 'predict', { key: 'predict/dropped.jpg' })).age,
      '(60, 100)',
    );
  });

  it('leaves photos of the bucket alone that are tagged so', async () => {
    const photo = { Bucket: client.target.stack.photoBucket, Key: 'predict/skip.jpg' };
    await client.target.s3.send(
      new PutObjectCommand({ ...photo, Body: await read(samples.hopper), Tagging: 'facedrop=skip' }),
    );
    const { detail } = assertProblem(
      await admin.sendJson('POST', 'predict', { key: photo.Key }),
      'not-allowed',
    );
    assert.match(
      detail,
      /received "predict\/skip\.jpg", which is excluded from analysis by its tag "facedrop=skip"/,
    );
  });

  it('takes any text for a key, and what cannot be one for a fault', async () => {
    for (const key of ['照片/😀.jpg', '\u0000', '..', '?x=1#', '+%2F', 'a'.repeat(1024)]) {
      assertProblem(await admin.sendJson('POST', 'predict', { key }), 'not-found');
    }
    for (const key of ['\ud800', 'é'.repeat(513), '']) {
      const answer = await admin.sendJson('POST', 'predict', { key });
      assert.equal(assertProblem(answer, 'invalid-request').errors?.[0]?.field, 'key');
    }
  });

  it('stores nothing of the photo', async () => {
    const before = await stored();
    prediction(await client.sendPhoto(await read(samples.astronaut)));
    assert.deepEqual(await stored(), before);
  });

  it('answers a plain HTML form with a page that shows the photo and its faces', async () => {
    const headers = { accept: 'text/html,application/xhtml+xml,*/*;q=0.8', 'accept-language': 'en' };
    const body = new FormData();
    body.set('key', client.key ?? '');
    body.set('file', new Blob([await readFile(samples.hopper)], { type: 'image/jpeg' }), 'hopper.jpg');
    const page = await client.with(undefined).send('POST', 'predict', { headers, body });
    assert.equal(page.status, 200);
    assert.match(page.headers.get('content-type') ?? '', /^text\/html/);
    assert.match(page.headers.get('content-security-policy') ?? '', /default-src 'none'/);
    assert.match(page.bytes.toString(), /<img src="data:image\/jpeg;base64,/);
    // The page in a language that was chosen sends its form on in it.
    const chosen = (await client.send('GET', '?language=zh')).bytes.toString();
    const [, action = ''] = /action="([^"#]+)#results"/.exec(chosen) ?? [];
    const answer = await client.with(undefined).send('POST', action, { headers, body });
    assert.match(answer.bytes.toString(), /<html lang="zh/);
    const refused = await client.with(undefined).send('POST', 'predict', { headers, body: new FormData() });
    assert.equal(refused.status, 401);
    assert.match(refused.headers.get('content-type') ?? '', /^text\/html/);
  });
});
