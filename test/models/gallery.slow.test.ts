import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import { ServedGallery } from '../../functions/shared/gallery.ts';
import { type GalleryStore, MOST_PEOPLE, MOST_PHOTOS, openGallery } from '../../models/gallery.ts';
import { LENGTH, type Vector } from '../../models/recognizer.ts';
import { emptyAws } from './bucket.ts';

const local = await emptyAws();
const KEY = 'gallery/people.json';
const recognizer = { name: 'test', version: '1' };

/** Vectors that differ. */
function vectorOf(seed: number): Vector {
  const values = Array.from({ length: LENGTH }, (_, place) =>
    Math.sin(seed * 7.3 + place * (1 + (seed % 13))),
  );
  const length = Math.hypot(...values);
  return Float32Array.from(values, (value) => value / length);
}

describe('the gallery', () => {
  let bucket: string;
  let store: GalleryStore;
  let buckets = 0;

  const fresh = async () => {
    bucket = `gallery-${buckets++}`;
    await local.s3.createBucket({ Bucket: bucket });
    store = openGallery({ client: local.s3, bucket });
  };
  const kept = async () => {
    const { Body } = await local.s3.getObject({ Bucket: bucket, Key: KEY });
    return (await Body?.transformToString()) ?? '';
  };
  const names = async () => ((await store.read()).gallery?.people ?? []).map(({ name }) => name);

  before(fresh);

  it('keeps people by the vectors of their photos, a byte for each number', async () => {
    assert.deepEqual(await store.read(), { gallery: undefined });
    await store.add('Ada', [vectorOf(1)], recognizer);
    const person = await store.add('Ada', [vectorOf(2), vectorOf(1)], recognizer);
    assert.equal(person.vectors.length, 2, 'the same photo counts once');
    const { gallery } = await store.read();
    const [ada] = gallery?.people ?? [];
    for (const [index, vector] of (ada?.vectors ?? []).entries()) {
      const exact = vectorOf(index + 1);
      assert.ok(vector.every((value, place) => Math.abs(value - (exact[place] ?? 0)) <= 0.5 / 256));
    }
    assert.ok((await kept()).length < 600);
  });

  it('answers next to nothing while nothing has changed', async () => {
    const { etag } = await store.read();
    assert.ok(etag);
    assert.equal(await store.read(etag), undefined);
  });

  it('loses nobody whom several add at once', async () => {
    await fresh();
    const stores = Array.from({ length: 6 }, () => openGallery({ client: local.s3, bucket }));
    await Promise.all([
      ...stores.map((each, index) => each.add(`person ${index}`, [vectorOf(index)], recognizer)),
      ...stores.map((each, index) => each.add('everybody', [vectorOf(10 + index)], recognizer)),
    ]);
    assert.deepEqual(
      (await names()).sort(),
      ['everybody', ...stores.map((_, index) => `person ${index}`)].sort(),
    );
    const { gallery } = await store.read();
    assert.equal(gallery?.people.find(({ name }) => name === 'everybody')?.vectors.length, 6);
  });

  it('forgets whom it is told to, with all vectors, and says whom it does not know', async () => {
    await store.remove('everybody');
    assert.doesNotMatch(await kept(), /everybody/);
    await assert.rejects(store.remove('everybody'), /there is no "everybody".*gallery -- list/);
  });

  it('has room for so many, and says when it is full', async () => {
    await fresh();
    const vectors = Array.from({ length: MOST_PHOTOS + 1 }, (_, seed) => vectorOf(seed));
    await assert.rejects(store.add('Ada', vectors, recognizer), /at most 20 photos of Ada .* received 21/);
    const people = Array.from({ length: MOST_PEOPLE }, (_, index) => ({
      name: `person ${index}`,
      addedAt: new Date().toISOString(),
      vectors: [Buffer.alloc(LENGTH, 1).toString('base64')],
    }));
    const body = JSON.stringify({ recognizer, people });
    await local.s3.putObject({ Bucket: bucket, Key: KEY, Body: body });
    await assert.rejects(store.add('Ada', vectors.slice(1), recognizer), /at most 1000 people/);
    await store.add('person 7', vectors.slice(2), recognizer);
  });

  it('mixes no vectors of two networks', async () => {
    const other = { name: 'test', version: '2' };
    await assert.rejects(
      store.add('Ada', [vectorOf(1)], other),
      /made with test 2 but it was made with test 1\. Remove everybody/,
    );
  });

  it('is served as it is now, and where it is malformed as it was before, with a word about it', async () => {
    await fresh();
    const logged: string[] = [];
    const report = (message: string, error: unknown) => logged.push(`${message}: ${error}`);
    const served = new ServedGallery({ store, recognizer, report, certainFor: 0 });
    const known = async () => (await served.get()).map(({ name, reference }) => [name, reference.photos]);
    assert.deepEqual(await known(), []);
    await store.add('Ada', [vectorOf(1), vectorOf(2)], recognizer);
    assert.deepEqual(await known(), [['Ada', 2]]);
    assert.deepEqual(logged, []);

    for (const body of [
      '{',
      '{"people":[{"name":"Ada"}]}',
      JSON.stringify({ recognizer, people: [{ vectors: ['AA=='] }] }),
    ]) {
      await local.s3.putObject({ Bucket: bucket, Key: KEY, Body: body });
      logged.length = 0;
      assert.deepEqual(await known(), [['Ada', 2]]);
      assert.match(logged.join(), /Could not read the gallery.*delete it and add the people again/s);
      await assert.rejects(
        store.add('Eve', [vectorOf(3)], recognizer),
        /Expected gallery\/people\.json to be what/,
      );
    }
    await local.s3.deleteObject({ Bucket: bucket, Key: KEY });
    assert.deepEqual(await known(), []);

    await store.add('Ada', [vectorOf(1)], { name: 'test', version: '2' });
    logged.length = 0;
    assert.deepEqual(await known(), []);
    assert.match(logged.join(), /made with test 1 but it was made with test 2/);
  });

  it('is asked for no more often than it is told to', async () => {
    await fresh();
    const served = new ServedGallery({ store, recognizer, report: (message) => assert.fail(message) });
    await served.get();
    await store.add('Ada', [vectorOf(1)], recognizer);
    assert.deepEqual(await served.get(), []);
  });
});
