import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { before, test } from 'node:test';
import { isOpposite, isTurned, lookInMirror } from '../../bench/mirrored.ts';
import { createOnnxEngine } from '../../layers/onnx/engine.ts';
import { buildModels } from '../../models/build/build.ts';
import type { FaceDetector } from '../../vision/engine.ts';

const SAMPLES = path.resolve(import.meta.dirname, '..', '..', 'samples');
/** Below it a face may be blurred beyond recognition. */
const CONFIDENCE = 0.7;

let detector: FaceDetector;
before(async () => {
  detector = await createOnnxEngine(await buildModels()).loadDetector();
});

test('clearly turned heads of the sample photos turn the other way in the mirror', async () => {
  const heads = [];
  for (const name of ['oath.jpg', 'photographer.png', 'lincoln.jpg', 'astronaut.jpg']) {
    heads.push(...(await lookInMirror(await readFile(path.join(SAMPLES, name)), detector, CONFIDENCE)));
  }
  const turned = heads.filter(isTurned);
  assert.ok(turned.length >= 4, `${turned.length} of ${heads.length}`);
  for (const head of turned) assert.ok(isOpposite(head), head.yaw.join(' '));
});
