import '@tensorflow/tfjs-backend-cpu';
import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { OnnxNetwork } from '../../../layers/onnx/network.ts';
import { usualTrunks } from '../../../models/build/trunk-ranges.ts';
import { trunkInBytes } from '../../../models/build/trunks.ts';
import { sampleChips } from './sample-chips.ts';

/** Every training makes the same file of them: `npx node models/build/trunk-ranges.ts` lays down how, once weights change. */
test('the frozen layers that trainings build on are laid down in bytes, and say what they do in floats', async (t) => {
  const folder = await mkdtemp(path.join(tmpdir(), 'facedrop-trunks-'));
  t.after(() => rm(folder, { recursive: true }));
  for await (const { network, floats } of usualTrunks()) {
    const bytes = await trunkInBytes(floats, () => assert.fail('its ranges are not laid down'));
    assert.ok(bytes.length < 0.3 * floats.length);
    const chips = Uint8Array.from((await sampleChips(network.side)).dataSync());
    const see = async (file: Uint8Array) => {
      await writeFile(path.join(folder, 'model.onnx'), file);
      const seen = await (await OnnxNetwork.open(folder, network.side, ['features'])).run(chips);
      return seen.map(({ features = new Float32Array() }) => features);
    };
    const [exact, close] = [await see(floats), await see(bytes)];
    for (const [face, features] of exact.entries()) {
      const likeness = cosine(features, close[face] ?? new Float32Array());
      assert.ok(likeness > 0.98, `${likeness}`);
    }
  }
});

function cosine(one: Float32Array, other: Float32Array): number {
  const dot = (a: Float32Array, b: Float32Array) => a.reduce((sum, value, i) => sum + value * (b[i] ?? 0), 0);
  return dot(one, other) / Math.sqrt(dot(one, one) * dot(other, other));
}
