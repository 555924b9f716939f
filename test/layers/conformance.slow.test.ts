import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { before, describe, it } from 'node:test';
import sharp from 'sharp';
import { loadLayer } from '../../layers/load.ts';
import { InferenceSession } from '../../layers/onnx/runtime.ts';
import { runChips } from '../../layers/onnx/session.ts';
import { hostPlatform } from '../../layers/platform.ts';
import { exportAgeGenderNet } from '../../models/build/published.ts';
import { buildModelLayer } from '../../models/layer.ts';
import { ROOT } from '../../support/packages.ts';
import { type ChipSpec, chipBytes } from '../../vision/chip-spec.ts';
import type { Pixels } from '../../vision/engine.ts';
import { findFaces } from '../../vision/faces.ts';
import { decodePhoto } from '../../vision/photo.ts';
import { ASTRONAUT_LANDMARKS } from '../vision/astronaut.ts';
import { type Outcome, runEngine } from './engine-process.ts';

/** How many faces each sample shows: where some are hidden or turned away, at least and at most. */
const SAMPLES = [
  { file: 'astronaut.jpg', least: 1, most: 1 },
  { file: 'coffee.jpg', least: 0, most: 0 },
  { file: 'hopper.jpg', least: 1, most: 1 },
  { file: 'lincoln.jpg', least: 1, most: 1 },
  { file: 'oath.jpg', least: 8, most: 11 },
  { file: 'photographer.png', least: 1, most: 1 },
];
const SIDE = 112;
const ASTRONAUT = path.join(ROOT, 'samples', 'astronaut.jpg');

/** Tolerance of probabilities, and of ages in centuries. */
const TOLERANCE = 1e-3;

describe('the engines of the built layers', () => {
  const outcomes = new Map<string, Outcome>();
  /** What the network says before it is made to calculate in bytes. */
  let inFloats: Answers;

  before(async () => {
    const host = hostPlatform();
    const onnx = await buildModelLayer({ engine: 'onnx', platform: host });
    const native = await buildModelLayer({ engine: 'tfjs', platform: host });
    // Its TensorFlow is WebAssembly, which runs here too.
    const wasm = await buildModelLayer({ engine: 'tfjs', platform: { os: 'linux', architecture: 'arm64' } });

    const samples = await Promise.all(SAMPLES.map(({ file }) => decode(path.join(ROOT, 'samples', file))));
    const chips = await cutSampleChips(
      onnx,
      samples,
      [1.05, 1.2].map((extent) => ({ side: SIDE, extent })),
    );
    const meshChips = await cutSampleChips(onnx, samples, [{ side: 192, extent: 1.5 }]);
    assert.ok(chips.length >= 12 * chipBytes({ side: SIDE }));
    inFloats = await estimateInFloats(chips);
    const task = { images: [...samples, await faceThatFillsTheImage()], chips, meshChips };
    outcomes.set('onnx', await runEngine({ engine: 'onnx', layer: onnx, ...task }));
    outcomes.set('tfjs', await runEngine({ engine: 'tfjs', layer: native, ...task }));
    outcomes.set('tfjs on WebAssembly', await runEngine({ engine: 'tfjs', layer: wasm, ...task }));
  });

  const outcomeOf = (name: string) => {
    const outcome = outcomes.get(name);
    assert.ok(outcome, `${name} has run`);
    return outcome;
  };

  for (const name of ['onnx', 'tfjs', 'tfjs on WebAssembly']) {
    it(`find the faces of the samples: ${name}`, () => {
      for (const [index, { file, least, most }] of SAMPLES.entries()) {
        const found = outcomeOf(name).faces[index]?.length ?? Number.NaN;
        assert.ok(found >= least && found <= most, `${file} has ${least} to ${most} faces; found ${found}`);
      }
    });

    it(`locate the five landmarks: ${name}`, () => {
      const landmarks = outcomeOf(name).faces[0]?.[0]?.landmarks ?? [];
      assert.equal(landmarks.length, ASTRONAUT_LANDMARKS.length);
      for (const [index, { x, y }] of landmarks.entries()) {
        const { x: trueX, y: trueY } = ASTRONAUT_LANDMARKS[index] ?? { x: Number.NaN, y: Number.NaN };
        assert.ok(Math.hypot(x - trueX, y - trueY) < 8, `landmark ${index} at ${x}, ${y}`);
      }
    });

    it(`find a face that fills the image: ${name}`, () => {
      const faces = outcomeOf(name).faces[SAMPLES.length];
      assert.equal(faces?.length, 1);
    });
  }

  for (const name of ['tfjs', 'tfjs on WebAssembly']) {
    it(`agree on age and gender of the same chips: onnx in floats and ${name}`, (test) => {
      const differences = compare(inFloats, outcomeOf(name).estimates);
      test.diagnostic(
        `ages differ by up to ${differences.ages.most}, genders by ${differences.genders.most}`,
      );
      assert.ok(differences.ages.most <= 100 * TOLERANCE && differences.genders.most <= TOLERANCE);
    });

    it(`agree in the mean when the network calculates in bytes: onnx and ${name}`, (test) => {
      const differences = compare(outcomeOf('onnx').estimates, outcomeOf(name).estimates);
      test.diagnostic(`ages differ by ${differences.ages.mean}, genders by ${differences.genders.mean}`);
      assert.ok(differences.ages.mean <= 2 && differences.genders.mean <= 0.05);
    });

    it(`agree on eyes and mouths: onnx and ${name}`, () => {
      const expected = outcomeOf('onnx').openings;
      const { openings } = outcomeOf(name);
      assert.ok(openings.length >= 12 && openings.length === expected.length);
      for (const output of ['eyes', 'mouth']) {
        const { most } = differencesIn(expected, openings, output);
        assert.ok(most <= TOLERANCE, `${output}: ${most}`);
      }
    });

    it(`free every tensor: ${name}`, () => {
      const { alive = [] } = outcomeOf(name).tensors ?? {};
      assert.equal(alive.length, 2);
      assert.equal(alive[0], alive[1]);
    });
  }
});

async function decode(file: string): Promise<Pixels> {
  return (await decodePhoto(await readFile(file), 10_000_000)).pixels;
}

async function faceThatFillsTheImage(): Promise<Pixels> {
  const { data, info } = await sharp(ASTRONAUT)
    .extract({ left: 181, top: 71, width: 84, height: 103 })
    .raw()
    .toBuffer({ resolveWithObject: true });
  return { data, width: info.width, height: info.height };
}

/** Of every sample face. */
async function cutSampleChips(
  layer: string,
  samples: readonly Pixels[],
  chips: readonly ChipSpec[],
): Promise<Uint8Array> {
  const detector = await loadLayer('onnx', layer).engine.loadDetector();
  const options = { minimumConfidence: 0.35, maximumFaces: 100, chips };
  const cut: Uint8Array[] = [];
  for (const pixels of samples) {
    const photo = { pixels, width: pixels.width, height: pixels.height, format: 'raw' };
    cut.push((await findFaces(photo, detector, options)).chips);
  }
  return Buffer.concat(cut);
}

async function estimateInFloats(chips: Uint8Array): Promise<Answers> {
  const session = await InferenceSession.create(await exportAgeGenderNet());
  return runChips(session, chips, SIDE, ['age', 'gender']);
}

type Answers = Outcome['estimates'];

function compare(one: Answers, other: Answers) {
  assert.equal(one.length, other.length);
  return { ages: differencesIn(one, other, 'age'), genders: differencesIn(one, other, 'gender') };
}

function differencesIn(one: Answers, other: Answers, output: string) {
  const all = one.map((estimate, index) => {
    const [value, counterpart] = [estimate, other[index]].map((each) => each?.[output]?.[0] ?? Number.NaN);
    return Math.abs((value ?? Number.NaN) - (counterpart ?? Number.NaN));
  });
  return { most: Math.max(...all), mean: all.reduce((sum, each) => sum + each) / all.length };
}
