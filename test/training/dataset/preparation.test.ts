import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import sharp from 'sharp';
import { createOnnxEngine } from '../../../layers/onnx/engine.ts';
import { buildModels } from '../../../models/build/build.ts';
import { indexDataset } from '../../../training/dataset/catalogue.ts';
import type { LocalFolder } from '../../../training/dataset/folder.ts';
import { prepareBatch } from '../../../training/dataset/preparation.ts';
import { FACE_SIDE } from '../../../training/dataset/prepared.ts';
import { faces as boxes, fixtures, samples } from '../../fixtures/index.ts';
import { makeFolder } from './folders.ts';

const detector = await createOnnxEngine(await buildModels()).loadDetector();

/** Prepares a folder of one batch. */
async function prepare(folder: LocalFolder) {
  const { batches } = await indexDataset(folder);
  const [batch] = batches;
  assert.ok(batch && batches.length === 1);
  return prepareBatch(folder, batch, detector);
}

/** What the detector finds in a picture: a face in the middle, its eyes level. */
async function look(jpeg: Uint8Array) {
  const { data, info } = await sharp(jpeg).raw().toBuffer({ resolveWithObject: true });
  const [face] = await detector.detect({ data, width: info.width, height: info.height }, 0.3);
  assert.ok(face, 'no face in what was cut');
  const { x, y, width, height } = face.box;
  const [left, right] = face.landmarks;
  assert.ok(left && right);
  return {
    centre: { x: x + width / 2, y: y + height / 2 },
    height,
    tilt: (Math.atan2(right.y - left.y, right.x - left.x) * 180) / Math.PI,
  };
}

const jpegs = async (folder: LocalFolder) => {
  const { shard, jpegs } = await prepare(folder);
  return new Map(
    shard.faces.map(({ file, offset, length }) => [file, jpegs.subarray(offset, offset + length)]),
  );
};

describe('a prepared face', () => {
  it('is a square JPEG with the face upright in the middle, as large in every photo', async () => {
    const portrait = await readFile(samples.hopper);
    const tilted = await sharp(portrait).rotate(20, { background: '#777' }).jpeg().toBuffer();
    const small = await sharp(portrait).resize({ width: 120 }).jpeg().toBuffer();
    const cut = await jpegs(
      await makeFolder({
        'labels.csv':
          'file,age\nportrait.jpg,77\ntilted.jpg,77\nsmall.jpg,77\nsideways.jpg,54\nlying.jpg,77\noverturned.jpg,77\n',
        'portrait.jpg': portrait,
        'tilted.jpg': tilted,
        'small.jpg': small,
        'sideways.jpg': await readFile(samples.lincoln),
        'lying.jpg': await sharp(portrait).rotate(90).jpeg().toBuffer(),
        'overturned.jpg': await sharp(portrait).rotate(180).jpeg().toBuffer(),
      }),
    );
    assert.equal(cut.size, 6);
    for (const [file, jpeg] of cut) {
      const { format, width, height, chromaSubsampling } = await sharp(jpeg).metadata();
      assert.deepEqual([format, width, height, chromaSubsampling], ['jpeg', FACE_SIDE, FACE_SIDE, '4:4:4']);
      const { centre, height: face, tilt } = await look(jpeg);
      const off = Math.hypot(centre.x - FACE_SIDE / 2, centre.y - FACE_SIDE / 2);
      assert.ok(off < 0.1 * FACE_SIDE, `${file}: ${off} px off the middle`);
      assert.ok(Math.abs(tilt) < 4, `${file}: tilted by ${tilt}°`);
      assert.ok(face > 0.5 * FACE_SIDE && face < 0.85 * FACE_SIDE, `${file}: ${face} px high`);
    }
  });

  it('shows the face that fills its photo', async () => {
    const { x, y, width, height } = boxes.portrait;
    const chip = await sharp(samples.hopper)
      .extract({ left: x - 10, top: y - 10, width: width + 20, height: height + 20 })
      .resize(144, 144, { fit: 'fill' })
      .jpeg()
      .toBuffer();
    const cut = await jpegs(await makeFolder({ '77_1_0_20170116174525125.jpg': chip }));
    assert.equal(cut.size, 1);
  });

  it('is the largest one, or the one in the box', async () => {
    const photo = await sharp(samples.hopper)
      .extend({ right: 512, background: '#777' })
      .composite([
        { input: await sharp(samples.hopper).resize({ width: 256 }).toBuffer(), left: 600, top: 100 },
      ])
      .jpeg()
      .toBuffer();
    const folder = await makeFolder({
      'labels.csv':
        'file,age,x,y,width,height,checked\na.jpg,77,,,,,\nb.jpg,77,680,160,100,110,\nb.jpg,20,170,120,190,210,\nc.jpg,77,2000,100,100,100,\nd.jpg,40,420,420,80,80,yes\n',
      'a.jpg': photo,
      'b.jpg': await sharp(photo).modulate({ brightness: 1.05 }).jpeg().toBuffer(),
      'c.jpg': await sharp(photo).modulate({ brightness: 1.1 }).jpeg().toBuffer(),
      'd.jpg': await readFile(samples.hopper),
    });
    const { shard, jpegs } = await prepare(folder);
    const found = shard.faces.map(({ file, age, facesFound }) => [file, age, facesFound]);
    assert.deepEqual(found, [
      ['a.jpg', 77, 2],
      ['b.jpg', 77, 2],
      ['b.jpg', 20, 2],
      // Nobody but the label sees a face in her sleeve, but a person looked at it.
      ['d.jpg', 40, 1],
    ]);
    assert.deepEqual(
      shard.rejections.map(({ file, reason }) => [file, reason]),
      [['c.jpg', 'box-outside']],
    );
    // The face in the smaller box was enlarged more, and so has less detail.
    const details = await Promise.all(
      shard.faces.map(async ({ offset, length }) => {
        const pixels = await sharp(jpegs.subarray(offset, offset + length))
          .greyscale()
          .raw()
          .toBuffer();
        return pixels.reduce((sum, value, index) => sum + Math.abs(value - (pixels[index - 1] ?? value)), 0);
      }),
    );
    const [largest = 0, small = 0, large = 0] = details;
    assert.ok(small < 0.8 * large, `details ${details.join()}`);
    assert.ok(Math.abs(largest - large) < 0.1 * large, `details ${details.join()}`);
  });
});

describe('A found face', () => {
  it('belongs to one label alone, that whose box it is in', async () => {
    const { x, y, width, height } = boxes.portrait;
    const folder = await makeFolder({
      // A second person beside the one that the detector finds.
      'labels.csv': `file,age,x,y,width,height\na.jpg,20,${x - Math.round(0.6 * width)},${y},${width},${height}\na.jpg,77,${x},${y},${width},${height}\n`,
      'a.jpg': await readFile(samples.hopper),
    });
    const { shard } = await prepare(folder);
    const found = shard.faces.map(({ age, quality }) => [age, quality !== undefined]);
    assert.deepEqual(found, [
      [20, false],
      [77, true],
    ]);
  });
});

describe('A box that is not around a face', async () => {
  const portrait = await readFile(samples.hopper);
  const { width = 0, height = 0 } = await sharp(portrait).metadata();
  const { x, y, width: w, height: h } = boxes.portrait;
  const photos = {
    'shares.jpg': [x / width, y / height, w / width, h / height].map((share) => share.toFixed(4)),
    'percent.jpg': [x / width, y / height, w / width, h / height].map((share) => (100 * share).toFixed(2)),
    'small.jpg': [x + 20, y + 20, 4, 5],
    'elsewhere.jpg': [420, 420, 80, 80],
    'loose.jpg': [x - 30, y - 40, w + 60, h + 80],
  };
  const rows = Object.entries(photos).map(([file, box]) => `${file},40,${box.join(',')}\n`);
  const files = Object.fromEntries(
    await Promise.all(
      Object.keys(photos).map(async (file, index) => [
        file,
        await sharp(portrait)
          .modulate({ brightness: 1 + index / 50 })
          .jpeg()
          .toBuffer(),
      ]),
    ),
  );

  it('is reported, and its label left out', async () => {
    const csv = `file,age,x,y,width,height\n${rows.join('')}`;
    const { shard } = await prepare(await makeFolder({ 'labels.csv': csv, ...files }));
    assert.deepEqual(
      shard.faces.map(({ file }) => file),
      ['loose.jpg'],
    );
    const told = new Map(shard.rejections.map(({ file, reason, message }) => [file, [reason, message]]));
    const [shares, percent, small, elsewhere] = Object.keys(photos).map((file) => told.get(file) ?? []);
    assert.equal(shares?.[0], 'box-unit');
    assert.match(
      shares?.[1] ?? '',
      /received 0\.\d+, 0\.\d+, .* looks like shares of the photo's \d+ × \d+ pixels/,
    );
    assert.equal(percent?.[0], 'box-unit');
    assert.match(percent?.[1] ?? '', /looks like percent/);
    assert.equal(small?.[0], 'box-small');
    assert.match(small?.[1] ?? '', /at least 12 pixels .* received \d+, \d+, 4 × 5/);
    assert.deepEqual(elsewhere, [
      'box-elsewhere',
      'Expected a face in the box 420, 420, 80 × 80 but the nearest one that is found overlaps it by 0 %.',
    ]);
  });

  it('is taken where the face that is found belongs to another label', async () => {
    const csv = `file,age,x,y,width,height\na.jpg,40,420,420,80,80\na.jpg,77,${x},${y},${w},${h}\n`;
    const { shard } = await prepare(await makeFolder({ 'labels.csv': csv, 'a.jpg': portrait }));
    assert.deepEqual(
      shard.faces.map(({ age }) => age),
      [40, 77],
    );
  });
});

it('photos that cannot be used are reported and fail nothing', async () => {
  const folder = await makeFolder({
    'labels.csv':
      'file,age,gender\ncoffee.jpg,1,F\ncorrupt.jpg,2,F\ntext.jpg,3,F\nempty.jpg,4,F\nbomb.png,5,F\nheic.heic,6,F\ngone.jpg,7,M\nportrait.jpg,77,F\n',
    'coffee.jpg': await readFile(samples.coffee),
    'corrupt.jpg': await readFile(await fixtures.corruptJpeg()),
    'text.jpg': 'no photo',
    'empty.jpg': '',
    'bomb.png': await readFile(await fixtures.decompressionBomb()),
    'heic.heic': await readFile(await fixtures.heic()),
    'gone.jpg': 'here for now',
    'portrait.jpg': await readFile(samples.hopper),
  });
  const { batches } = await indexDataset(folder);
  await rm(join(folder.path, 'gone.jpg'));
  const [batch] = batches;
  assert.ok(batch);
  const { shard } = await prepareBatch(folder, batch, detector);
  assert.deepEqual(Object.fromEntries(shard.rejections.map(({ file, reason }) => [file, reason])), {
    'coffee.jpg': 'no-face',
    'corrupt.jpg': 'unreadable',
    'text.jpg': 'unreadable',
    'empty.jpg': 'unreadable',
    'bomb.png': 'unreadable',
    'heic.heic': 'unreadable',
    'gone.jpg': 'missing',
  });
  const [face] = shard.faces;
  const hash = createHash('sha256')
    .update(await readFile(samples.hopper))
    .digest('hex');
  assert.deepEqual([face?.file, face?.age, face?.hash], ['portrait.jpg', 77, hash]);
});
