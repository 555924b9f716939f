import assert from 'node:assert/strict';
import { availableParallelism } from 'node:os';
import { after, before, describe, test } from 'node:test';
import { ListObjectsV2Command, PutObjectCommand } from '@aws-sdk/client-s3';
import { PutCommand } from '@aws-sdk/lib-dynamodb';
import type { Failure, Photo } from '../../functions/shared/item.ts';
import { parseConfig } from '../../infra/config.ts';
import { intersectionOverUnion } from '../../vision/bounding-box.ts';
import type { BoundingBox } from '../../vision/engine.ts';
import { faces, fixtures, orientations, oriented, samples } from '../fixtures/index.ts';
import { Faults } from './faults.ts';
import { Pipeline } from './pipeline.ts';

let pipeline: Pipeline;
let faults: Faults;

before(async () => {
  pipeline = await Pipeline.deploy('photos', { maximumConcurrency: Math.max(2, availableParallelism()) });
  // For its log of what the functions did.
  faults = await Faults.install(pipeline);
});
after(async () => {
  await pipeline.close();
  await faults.close();
});

/** That the photo shows one face, there, with an age and a gender. */
function assertPortrait({ status, faces: found = [], facesFound }: Photo, expected: BoundingBox): void {
  assert.equal(status, 'done');
  assert.equal(facesFound, 1);
  const [face] = found;
  assert.ok(face?.age && face.gender && face.score);
  assert.ok(intersectionOverUnion(face.box, expected) > 0.7, JSON.stringify(face.box));
}

// All at once: what one photo does must not depend on the others.
describe('a photo that is dropped', { concurrency: 100 }, () => {
  test('becomes one item, announced once', async () => {
    const item = await pipeline.drop('one/hopper.jpg', samples.hopper);
    assertPortrait(item, faces.portrait);
    assert.deepEqual([item.width, item.height, item.format], [512, 600, 'JPEG']);
    assert.ok(Date.parse(item.uploadedAt) <= Date.parse(item.startedAt));
    assert.ok(Date.parse(item.startedAt) <= Date.parse(item.completedAt ?? ''));
    const days = (item.expiresAt - Date.parse(item.startedAt) / 1000) / 86_400;
    assert.ok(Math.abs(days - parseConfig({}).itemDays) < 0.1, `${days} days`);
    const [face] = item.faces ?? [];
    assert.equal(face?.age?.group, '(60, 100)');
    const sum = Object.values(face.age.groups).reduce((total, share) => total + share);
    assert.ok(Math.abs(sum - 1) < 0.001);

    const [announcement] = pipeline.announcements.about('one/hopper.jpg');
    const { announcedAt, ...announced } = item;
    assert.equal(announcement?.['detail-type'], 'Photo analysed');
    assert.equal(announcement.source, 'facedrop');
    assert.deepEqual(announcement.detail, announced);
    // Neither read nor decoded again.
    const reads = await Promise.all(
      (['detect', 'age', 'gender'] as const).map((stage) => faults.invocations(stage, 'one/hopper.jpg')),
    );
    assert.deepEqual(
      reads.map((invocations) => invocations.length),
      [1, 1, 1],
    );
  });

  test('takes its item and its corrections along when it expires', async () => {
    const { s3, dynamo, stack } = pipeline.target;
    const gone = { photo: 'api/somebody/expired', correction: 'somebody/expired/0.json' };
    const kept = 'somebody/expired-not/0.json';
    const item = await pipeline.drop('one/lasting.jpg', samples.hopper);
    await dynamo.send(new PutCommand({ TableName: stack.table, Item: { ...item, photo: gone.photo } }));
    for (const Key of [gone.correction, kept]) {
      await s3.send(new PutObjectCommand({ Bucket: stack.labelBucket, Key, Body: '{}' }));
    }
    const expiry = (key: string) => ({
      eventSource: 'aws:s3',
      eventName: 'LifecycleExpiration:Delete',
      eventTime: new Date().toISOString(),
      s3: { bucket: { name: stack.photoBucket }, object: { key } },
    });
    // It comes too late for the first one: the photo was put there again.
    const Records = ['one/lasting.jpg', gone.photo].map(expiry);
    await pipeline.send(stack.uploadQueue, JSON.stringify({ Records }));
    await pipeline.until(gone.photo, (item) => item === undefined);
    const { Contents = [] } = await s3.send(new ListObjectsV2Command({ Bucket: stack.labelBucket }));
    assert.deepEqual(
      Contents.map(({ Key }) => Key),
      [kept],
    );
    assert.deepEqual(await pipeline.item('one/lasting.jpg'), item);
  });

  test('has as many faces as people', async () => {
    const item = await pipeline.drop('one/oath.jpg', samples.oath);
    assert.equal(item.status, 'done');
    assert.ok(Number(item.faces?.length) >= 7, `${item.faces?.length} faces`);
    assert.equal(item.facesFound, item.faces?.length);
    const areas = item.faces?.map(({ box }) => box.width * box.height) ?? [];
    assert.deepEqual(
      areas,
      areas.toSorted((one, other) => other - one),
    );
    assert.ok(item.faces?.every(({ age, gender, score }) => age && gender && score));
  });

  test('may show no face', async () => {
    const item = await pipeline.drop('one/coffee.jpg', samples.coffee);
    assert.equal(item.status, 'done');
    assert.deepEqual(item.faces, []);
    assert.equal(item.facesFound, 0);
    assert.deepEqual(await faults.invocations('age', 'one/coffee.jpg'), []);
  });

  test('shows a crowd: the largest 100 faces are kept', async () => {
    const item = await pipeline.drop('one/crowd.jpg', await fixtures.crowd());
    assert.equal(item.status, 'done');
    assert.equal(item.facesFound, 120);
    assert.equal(item.faces?.length, 100);
    // The smaller heads are in the last two rows.
    for (const { box, age, gender } of item.faces ?? []) {
      assert.ok(box.y < 1000, JSON.stringify(box));
      assert.ok(age && gender);
    }
    assert.ok(Buffer.byteLength(JSON.stringify(item)) < 100_000);
  });

  const formats = {
    png: 'PNG',
    webp: 'WebP',
    avif: 'AVIF',
    tiff: 'TIFF',
    animatedGif: 'GIF',
    progressiveJpeg: 'JPEG',
    greyscale: 'JPEG',
    cmyk: 'JPEG',
    sixteenBit: 'PNG',
    alpha: 'PNG',
    polyglot: 'JPEG',
  } as const;
  for (const [name, format] of Object.entries(formats)) {
    test(`may be of any format: ${name}`, async () => {
      const file = await fixtures[name as keyof typeof formats]();
      const item = await pipeline.drop(`formats/${name}`, file);
      assertPortrait(item, faces.portrait);
      assert.deepEqual([item.width, item.height, item.format], [512, 600, format]);
    });
  }

  for (const orientation of orientations) {
    test(`may be stored in any orientation: ${orientation}`, async () => {
      const item = await pipeline.drop(`orientations/${orientation}.jpg`, await oriented(orientation));
      assertPortrait(item, faces.portrait);
      assert.deepEqual([item.width, item.height], [512, 600]);
    });
  }

  for (const [name, file, box] of [
    ['small face', fixtures.smallFace, faces.smallFace],
    ['panorama', fixtures.panorama, faces.panorama],
  ] as const) {
    test(`may be of any shape: ${name}`, async () => {
      assertPortrait(await pipeline.drop(`shapes/${name}.jpg`, await file()), box);
    });
  }

  for (const [name, file] of [
    ['PNG', fixtures.onePixel],
    // Read as one of a single pixel.
    ['GIF of no size', fixtures.zeroSizeGif],
  ] as const) {
    test(`may be a single pixel: ${name}`, async () => {
      const item = await pipeline.drop(`shapes/pixel ${name}`, await file());
      assert.equal(item.status, 'done');
      assert.deepEqual([item.width, item.height, item.facesFound], [1, 1, 0]);
    });
  }

  const keys = [
    'keys/with  two spaces .jpg',
    'keys/a+b.jpg',
    'keys/100%2F%20.jpg',
    `keys/it's "quoted" & <tagged>.jpg`,
    'keys/😀🧑🏽‍🚀.jpg',
    'keys/照片/人.jpg',
    'keys/áä.jpg',
    'keys/no extension',
    'keys/a?b#c=d&e;f:g,h@i!j$k*l(m)[n]{o}^p~q`r|s\\t',
    '/keys/leading slash.jpg',
    'keys//two slashes.jpg',
    `keys/${'長'.repeat(339)}ab`,
  ];
  for (const key of keys) {
    test(`may have any key: ${key.slice(0, 60)}`, async () => {
      assert.ok(Buffer.byteLength(key) <= 1024);
      const item = await pipeline.drop(key, samples.hopper);
      assert.equal(item.photo, key);
      assertPortrait(item, faces.portrait);
    });
  }

  test('lies beside folder markers and other files', async () => {
    await pipeline.put('folder/', new Uint8Array());
    await pipeline.put('folder/inner/', new Uint8Array());
    const notes = await pipeline.drop('folder/inner/notes.txt', Buffer.from('not a photo'));
    assert.equal(notes.failure?.code, 'not-an-image');
    assertPortrait(await pipeline.drop('folder/inner/photo.jpg', samples.hopper), faces.portrait);
    assertPortrait(await pipeline.drop('folder/photo/', samples.hopper), faces.portrait);
    assert.equal(await pipeline.item('folder/'), undefined);
    assert.equal(await pipeline.item('folder/inner/'), undefined);
  });

  const accepted = 'JPEG, PNG, WebP, AVIF, GIF or TIFF';
  const refusals: Record<string, [() => Promise<string>, Failure['code'], string | RegExp]> = {
    empty: [fixtures.empty, 'empty', `Expected an image (${accepted}) but received an empty file.`],
    truncated: [
      fixtures.truncatedJpeg,
      'corrupt',
      'Expected a complete JPEG image but this one is truncated or damaged.',
    ],
    corrupt: [fixtures.corruptJpeg, 'corrupt', /truncated or damaged/],
    'PNG without pixels': [fixtures.zeroSizePng, 'corrupt', /complete PNG image/],
    text: [fixtures.text, 'not-an-image', /but received a file that is not one\.$/],
    SVG: [fixtures.svg, 'not-an-image', /application\/xml/],
    PDF: [fixtures.pdf, 'not-an-image', /application\/pdf/],
    video: [fixtures.video, 'not-an-image', /video\/mp4/],
    HEIC: [
      fixtures.heic,
      'unsupported-format',
      `Expected ${accepted} but received HEIC, which is not supported. Convert it to JPEG, or set the camera to "most compatible".`,
    ],
    BMP: [fixtures.bmp, 'unsupported-format', /but received BMP, which is not supported\. Convert it to/],
    'too many bytes': [
      fixtures.oversized,
      'too-many-bytes',
      'Expected at most 30,000,000 bytes but received 30,000,001. Send a smaller version.',
    ],
    'decompression bomb': [
      fixtures.decompressionBomb,
      'too-many-pixels',
      'Expected at most 64,000,000 pixels but received 30,000 × 30,000 = 900,000,000. Send a smaller version.',
    ],
  };
  for (const [name, [file, code, message]] of Object.entries(refusals)) {
    test(`is refused permanently, and the item says why: ${name}`, async () => {
      const key = `refused/${name}`;
      const item = await pipeline.drop(key, await file());
      assert.equal(item.status, 'failed');
      assert.equal(item.failure?.code, code, item.failure?.message);
      if (typeof message === 'string') assert.equal(item.failure.message, message);
      else assert.match(item.failure.message, message);
      assert.equal(item.faces, undefined);
      assert.equal(pipeline.announcements.about(key)[0]?.['detail-type'], 'Photo failed');
    });
  }
});

test('every photo took one try, was announced once and left nothing behind', async () => {
  await pipeline.idle();
  const photos = pipeline.announcements.photos();
  assert.ok(photos.length > 50, `${photos.length} photos`);
  for (const photo of photos) {
    assert.equal(pipeline.announcements.about(photo).length, 1, photo);
  }
  for (const stage of ['detect', 'age', 'gender'] as const) {
    for (const { messages } of await faults.invocations(stage, '')) {
      for (const { tries, body } of messages) assert.equal(tries, 1, body);
    }
  }
  assert.deepEqual(await pipeline.chips(), []);
  assert.equal(await pipeline.deadLetters(), 0);
});
