import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { before, describe, it } from 'node:test';
import sharp from 'sharp';
import { createOnnxEngine } from '../../layers/onnx/engine.ts';
import { buildModels } from '../../models/build/build.ts';
import { readCards } from '../../models/model-folder.ts';
import { chipBytes } from '../../vision/chip-spec.ts';
import type { ChipNetwork, DetectedFace, Engine, FaceDetector, Pixels } from '../../vision/engine.ts';
import { findFaces } from '../../vision/faces.ts';
import { decodePhoto } from '../../vision/photo.ts';

const SAMPLES = path.resolve(import.meta.dirname, '..', '..', 'samples');
const CONFIDENCE = 0.35;

const readSample = (name: string) =>
  readFile(path.join(SAMPLES, name)).then((bytes) => decodePhoto(bytes, 1e8));

/** An image of one colour with a photo, made `side` pixels wide, in its lower right. */
async function hide(photo: Pixels, side: number, canvas: { width: number; height: number }): Promise<Pixels> {
  const { data, width, height } = photo;
  const small = await sharp(data, { raw: { width, height, channels: 3 } })
    .resize({ width: side })
    .png()
    .toBuffer();
  const hidden = await sharp({ create: { ...canvas, channels: 3, background: '#789' } })
    .composite([{ input: small, gravity: 'southeast' }])
    .removeAlpha()
    .raw()
    .toBuffer();
  return { data: hidden, ...canvas };
}

describe('engine on ONNX Runtime', () => {
  let engine: Engine;
  let detector: FaceDetector;
  let portrait: Pixels;

  before(async () => {
    engine = createOnnxEngine(await buildModels());
    detector = await engine.loadDetector();
    portrait = (await readSample('astronaut.jpg')).pixels;
  });

  it('names its networks and their versions', async () => {
    const { age } = await readCards(path.join(await buildModels(), 'age-gender-net'));
    const models = [detector.model, age];
    assert.deepEqual(
      models.map((model) => model?.name),
      ['CenterFace', 'AgeGenderNet'],
    );
    assert.ok(models.every((model) => /\d+\.\d+/.test(model?.version ?? '')));
  });

  it('loads each network once', async () => {
    assert.equal(await engine.loadDetector(), detector);
  });

  it('says which file is missing', async () => {
    await assert.rejects(createOnnxEngine('/nowhere').loadDetector(), /\/nowhere\//);
  });

  describe('detector', () => {
    it('says where the face and its parts are', async () => {
      const faces = await detector.detect(portrait, CONFIDENCE);
      assert.equal(faces.length, 1);
      const { box, landmarks } = faces[0] as DetectedFace;
      const [leftEye, rightEye, nose, leftMouth, rightMouth] = landmarks;
      assert.ok(leftEye && rightEye && nose && leftMouth && rightMouth && landmarks.length === 5);
      assert.ok(leftEye.x < nose.x && nose.x < rightEye.x && leftMouth.x < rightMouth.x);
      assert.ok(leftEye.y < nose.y && nose.y < leftMouth.y && nose.y < rightMouth.y);
      assert.ok(
        landmarks.every(
          ({ x, y }) => x > box.x && x < box.x + box.width && y > box.y && y < box.y + box.height,
        ),
      );
    });

    it('tells faces apart, the most confident first', async () => {
      const faces = await detector.detect((await readSample('oath.jpg')).pixels, CONFIDENCE);
      const confidences = faces.map(({ confidence }) => confidence);
      assert.ok(faces.length >= 7);
      assert.deepEqual(
        confidences,
        confidences.toSorted((a, b) => b - a),
      );
      assert.ok(confidences.every((confidence) => confidence >= CONFIDENCE && confidence <= 1));
    });

    it('is as strict as it is told', async () => {
      const { pixels } = await readSample('oath.jpg');
      const all = await detector.detect(pixels, 0.2);
      const few = await detector.detect(pixels, 0.85);
      assert.ok(few.length > 0 && few.length < all.length);
      assert.ok(few.every(({ confidence }) => confidence >= 0.85));
    });

    it('looks closer at small faces', async () => {
      // The first look sees the face 9 pixels wide, and is not confident enough that it is one.
      const image = await hide(portrait, 200, { width: 2048, height: 1365 });
      const [face, ...others] = await detector.detect(image, CONFIDENCE);
      assert.deepEqual(others, []);
      assert.ok(face && face.box.x > 1848 && face.box.y > 1165 && face.box.width < 50);
    });

    it('takes images of any size', async () => {
      for (const [width, height] of [
        [1, 1],
        [3, 2000],
        [2000, 3],
        [33, 31],
      ] as const) {
        const image = { data: new Uint8Array(width * height * 3).fill(127), width, height };
        assert.deepEqual(await detector.detect(image, CONFIDENCE), []);
      }
    });
  });

  describe('networks of chips', () => {
    const SIDE = 112;
    const CHIP_BYTES = chipBytes({ side: SIDE });
    let chips: Uint8Array;
    let network: ChipNetwork;

    before(async () => {
      const folder = path.join(await buildModels(), 'age-gender-net');
      network = await engine.openNetwork(folder, SIDE, ['age', 'gender']);
      const options = {
        minimumConfidence: CONFIDENCE,
        maximumFaces: 100,
        chips: [{ side: SIDE, extent: 1.05 }],
      };
      const found = await Promise.all(
        ['astronaut.jpg', 'hopper.jpg', 'lincoln.jpg', 'oath.jpg'].map(async (name) =>
          findFaces(await readSample(name), detector, options),
        ),
      );
      chips = Buffer.concat(found.map((faces) => faces.chips));
    });

    const single = (index: number) => chips.subarray(index * CHIP_BYTES, (index + 1) * CHIP_BYTES);

    it('give each chip of many what they give it alone', async () => {
      const count = chips.length / CHIP_BYTES;
      assert.ok(count >= 9);
      const estimates = await network.run(chips);
      assert.equal(estimates.length, count);
      for (let index = 0; index < count; index += 1) {
        const [estimate] = await network.run(single(index));
        assert.ok(estimate);
        assert.ok(Math.abs(firstOf(estimates[index], 'age') - firstOf(estimate, 'age')) < 1e-3);
        assert.ok(Math.abs(firstOf(estimates[index], 'gender') - firstOf(estimate, 'gender')) < 1e-4);
      }
    });

    it('know an old face from a young one, and a woman from a man', async () => {
      const [young, old, man] = (await network.run(chips)).map((outputs) => ({
        years: firstOf(outputs, 'age'),
        male: firstOf(outputs, 'gender'),
      }));
      assert.ok(young && old && man);
      assert.ok(old.years > young.years + 15, `${old.years} and ${young.years}`);
      assert.ok(young.male < 0.4 && man.male > 0.6, `${young.male} and ${man.male}`);
    });

    it('have nothing to say of no chips, and refuse part of one', async () => {
      assert.deepEqual(await network.run(new Uint8Array()), []);
      await assert.rejects(network.run(chips.subarray(1)), RangeError);
    });
  });
});

/** The first of an output's values. */
const firstOf = (outputs: Readonly<Record<string, Float32Array>> | undefined, name: string): number =>
  outputs?.[name]?.[0] ?? Number.NaN;
