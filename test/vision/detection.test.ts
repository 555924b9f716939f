import assert from 'node:assert/strict';
import path from 'node:path';
import { before, describe, it } from 'node:test';
import sharp from 'sharp';
import { createOnnxEngine } from '../../layers/onnx/engine.ts';
import { buildModels } from '../../models/build/build.ts';
import { cutChips } from '../../vision/chips.ts';
import { detectFaces } from '../../vision/detection.ts';
import type { DetectedFace, FaceDetector, Pixels } from '../../vision/engine.ts';
import { frameOf } from '../../vision/frame.ts';
import { decodePhoto } from '../../vision/photo.ts';

const SAMPLES = path.resolve(import.meta.dirname, '..', '..', 'samples');
const CONFIDENCE = 0.35;

/** A sample photo, its pixels turned clockwise. */
async function readSample(name: string, degrees = 0): Promise<Pixels> {
  const turned = await sharp(path.join(SAMPLES, name)).autoOrient().rotate(degrees).png().toBuffer();
  return (await decodePhoto(turned, 1e8)).pixels;
}

/** In degrees, 0 to 360. */
const rollOf = (face: DetectedFace) => ((frameOf(face).roll * 180) / Math.PI + 360) % 360;

/** Of 256 values, per pixel and channel. */
function meanDifference(one: Uint8Array, other: Uint8Array): number {
  return one.reduce((sum, value, index) => sum + Math.abs(value - (other[index] ?? 0)), 0) / one.length;
}

describe('detection', () => {
  let detector: FaceDetector;

  before(async () => {
    detector = await createOnnxEngine(await buildModels()).loadDetector();
  });

  /** Counts how often the detector is asked to look at something. */
  async function look(image: Pixels): Promise<{ faces: DetectedFace[]; looks: number }> {
    let looks = 0;
    const { model } = detector;
    const detect: FaceDetector['detect'] = (...seen) => {
      looks += 1;
      return detector.detect(...seen);
    };
    return { faces: await detectFaces(image, { model, detect }, CONFIDENCE), looks };
  }

  for (const name of ['astronaut.jpg', 'hopper.jpg', 'lincoln.jpg']) {
    for (const degrees of [90, 180, 270]) {
      it(`finds the face of ${name} turned by ${degrees} degrees, and cuts its chips upright`, async () => {
        const [upright, turned] = [await readSample(name), await readSample(name, degrees)];
        const [expected] = (await look(upright)).faces;
        const { faces } = await look(turned);
        const [face, ...others] = faces;
        assert.ok(expected && face);
        assert.deepEqual(others, []);
        const { x, y, width, height } = face.box;
        assert.ok(x >= 0 && y >= 0 && x + width <= turned.width && y + height <= turned.height);
        const away = Math.abs(rollOf(face) - rollOf(expected) - degrees + 720) % 360;
        assert.ok(Math.min(away, 360 - away) < 8, `roll ${rollOf(face)}`);
        const chips = [{ side: 112, extent: 1.05 }];
        const difference = meanDifference(
          cutChips(upright, frameOf(expected), chips),
          cutChips(turned, frameOf(face), chips),
        );
        assert.ok(difference < 12, `difference ${difference}`);
      });
    }
  }

  it('looks once where a face is beyond doubt', async () => {
    for (const name of ['astronaut.jpg', 'hopper.jpg', 'lincoln.jpg', 'oath.jpg']) {
      const image = await readSample(name);
      const { faces, looks } = await look(image);
      assert.equal(looks, 1, name);
      assert.deepEqual(faces, await detector.detect(image, CONFIDENCE));
    }
  });

  it('finds no face in things and textures, however they are turned', async () => {
    const images = [await readSample('coffee.jpg'), noise(), stripes()];
    for (const image of images) assert.deepEqual(await look(image), { faces: [], looks: 2 });
    for (const degrees of [90, 180, 270]) {
      assert.deepEqual((await look(await readSample('coffee.jpg', degrees))).faces, []);
    }
  });

  it('takes images of any shape', async () => {
    for (const [width, height] of [
      [1, 1],
      [3, 2000],
      [2000, 3],
    ] as const) {
      const image = { data: new Uint8Array(width * height * 3).fill(127), width, height };
      assert.deepEqual((await look(image)).faces, []);
    }
  });
});

/** The same in each run. */
function noise(): Pixels {
  const [width, height] = [400, 300];
  let state = 1;
  const data = Uint8Array.from({ length: width * height * 3 }, () => {
    state = (state * 48_271) % 2_147_483_647;
    return state & 255;
  });
  return { data, width, height };
}

function stripes(): Pixels {
  const [width, height] = [300, 400];
  const data = Uint8Array.from({ length: width * height * 3 }, (_, index) => {
    const [x, y] = [Math.floor(index / 3) % width, Math.floor(index / 3 / width)];
    return 127 + 120 * Math.sin(x / 9) * Math.cos(y / 14);
  });
  return { data, width, height };
}
