import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { before, describe, it } from 'node:test';
import sharp, { type Sharp } from 'sharp';
import { addNoise } from '../../bench/noise.ts';
import { createOnnxEngine } from '../../layers/onnx/engine.ts';
import { buildModels } from '../../models/build/build.ts';
import { blockinessOf } from '../../vision/blockiness.ts';
import { detectFaces } from '../../vision/detection.ts';
import type { DetectedFace, Pixels } from '../../vision/engine.ts';
import { qualitySchema } from '../../vision/face.ts';
import { frameOf } from '../../vision/frame.ts';
import { decodePhoto } from '../../vision/photo.ts';
import { poseOf } from '../../vision/pose.ts';
import { measureQuality, type Quality } from '../../vision/quality.ts';

const SAMPLES = path.resolve(import.meta.dirname, '..', '..', 'samples');

describe('The quality of a face', () => {
  let image: Pixels;
  let face: DetectedFace;

  before(async () => {
    image = (await decodePhoto(await readFile(path.join(SAMPLES, 'astronaut.jpg')), 1e8)).pixels;
    const detector = await createOnnxEngine(await buildModels()).loadDetector();
    const [first] = await detectFaces(image, detector, 0.5);
    assert.ok(first);
    face = first;
  });

  const open = () => sharp(image.data, { raw: { width: image.width, height: image.height, channels: 3 } });
  const changed = async (photo: Sharp): Promise<Quality> => {
    const { data, info } = await photo.raw().toBuffer({ resolveWithObject: true });
    return measureQuality({ data, width: info.width, height: info.height }, face, 1);
  };
  const noisy = (deviation: number): Quality => measureQuality(addNoise(image, deviation), face, 1);
  const falls = (values: readonly number[]) =>
    assert.ok(
      values.every((value, index) => index === 0 || value < (values[index - 1] ?? 0)),
      values.join(' '),
    );

  it('is as its schema says, and that of a good portrait is good', () => {
    const quality = qualitySchema.parse(measureQuality(image, face, 1));
    assert.ok(quality.score > 40, `${quality.score}`);
    assert.ok(Math.abs(quality.size - frameOf(face).size) < 0.1);
  });

  it('falls with blur', async () => {
    const { size } = frameOf(face);
    const ladder = await Promise.all(
      [0.01, 0.02, 0.04, 0.08].map((share) => changed(open().blur(share * size))),
    );
    falls([measureQuality(image, face, 1), ...ladder].map(({ sharpness }) => sharpness));
    falls([measureQuality(image, face, 1), ...ladder].map(({ score }) => score));
  });

  it('falls with noise, which does not pass for detail', () => {
    falls([0, 5, 10, 20, 40].map((deviation) => noisy(deviation).score));
  });

  it('falls with compression, whose blocks do not pass for detail', async () => {
    const compressed = (quality: number) =>
      open()
        .jpeg({ quality })
        .toBuffer()
        .then((jpeg) => changed(sharp(jpeg)));
    const ladder = await Promise.all([90, 70, 50, 30, 20, 10, 5].map(compressed));
    falls([measureQuality(image, face, 1), ...ladder].map(({ score }) => score));
  });

  it('knows no blocks where a photo was decoded to an odd share of its size', async () => {
    const jpeg = await open().jpeg({ quality: 10 }).toBuffer();
    const { data, info } = await sharp(jpeg).raw().toBuffer({ resolveWithObject: true });
    const blocky = { data, width: info.width, height: info.height };
    assert.ok(blockinessOf(blocky, face.box, 1) > 1);
    assert.equal(blockinessOf(blocky, face.box, 1.3), 0);
    assert.ok(blockinessOf(image, face.box, 1) < 0.2);
  });

  it('falls with over- and underexposure, and brightness says which it is', async () => {
    const dark = await Promise.all([1, 0.6, 0.35, 0.2, 0.1].map((gain) => changed(open().linear(gain, 0))));
    const light = await Promise.all([1, 1.5, 2, 3, 4].map((gain) => changed(open().linear(gain, 0))));
    // The portrait is a bright one: a little less light does it good.
    falls(dark.slice(1).map(({ score }) => score));
    falls(light.map(({ score }) => score));
    falls(light.map(({ brightness }) => -brightness));
    falls(dark.map(({ contrast }) => contrast));
  });

  it('of a blank picture is 0', () => {
    const blank = { ...image, data: new Uint8Array(image.data.length).fill(128) };
    const { score, sharpness, contrast } = measureQuality(blank, face, 1);
    assert.deepEqual([score, sharpness, contrast], [0, 0, 0]);
  });

  it('of a mirrored face has the other yaw and roll, and the same pitch', () => {
    const mirrored = face.landmarks.map(({ x, y }) => ({ x: image.width - x, y }));
    const [leftEye, rightEye, nose, leftMouth, rightMouth] = mirrored;
    assert.ok(leftEye && rightEye && nose && leftMouth && rightMouth);
    const [one, other] = [
      poseOf(face),
      poseOf({ landmarks: [rightEye, leftEye, nose, rightMouth, leftMouth] }),
    ];
    assert.ok(Math.abs(one.yaw + other.yaw) < 1e-6);
    assert.ok(Math.abs(one.roll + other.roll) < 1e-6);
    assert.ok(Math.abs(one.pitch - other.pitch) < 1e-6);
  });
});

/** A head of three dimensions, as seen from far away. */
const HEAD = [
  [-45, -46, 0],
  [45, -46, 0],
  [0, 6, 53],
  [-37, 43, 0],
  [37, 43, 0],
] as const;

describe('The pose of a head', () => {
  const look = (yaw: number, pitch: number, roll: number) => {
    const [y, p, r] = [yaw, pitch, roll].map((angle) => (angle * Math.PI) / 180) as [number, number, number];
    const landmarks = HEAD.map(([x, down, out]) => {
      const [across, depth] = [x * Math.cos(y) + out * Math.sin(y), out * Math.cos(y) - x * Math.sin(y)];
      const below = down * Math.cos(p) - depth * Math.sin(p);
      return {
        x: 300 + across * Math.cos(r) - below * Math.sin(r),
        y: 200 + across * Math.sin(r) + below * Math.cos(r),
      };
    });
    return poseOf({ landmarks });
  };

  for (const [yaw, pitch, roll] of [
    [0, 0, 0],
    [30, 0, 0],
    [-50, 0, 0],
    [0, 20, 0],
    [0, -20, 0],
    [0, 0, 35],
    [25, 10, -20],
  ] as const) {
    it(`is told of yaw ${yaw}, pitch ${pitch}, roll ${roll}`, () => {
      const pose = look(yaw, pitch, roll);
      assert.ok(Math.abs(pose.yaw - yaw) < 6, `yaw ${pose.yaw}`);
      assert.ok(Math.abs(pose.pitch - pitch) < 6, `pitch ${pose.pitch}`);
      assert.ok(Math.abs(pose.roll - roll) < 6, `roll ${pose.roll}`);
    });
  }
});
