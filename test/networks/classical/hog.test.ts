import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { InferenceSession } from '../../../layers/onnx/runtime.ts';
import { run } from '../../../layers/onnx/session.ts';
import { greyOf } from '../../../networks/classical/grey.ts';
import { hogBlocks, hogLength } from '../../../networks/classical/hog.ts';
import { OnnxGraph } from '../../../networks/export/graph.ts';

const SIDE = 16;
const HOG = { cells: 2 };

/** The only block's orientations, summed over its four cells. */
async function orientationsOf(grey: (x: number, y: number) => number): Promise<number[]> {
  const graph = new OnnxGraph();
  graph.rename(hogBlocks(graph, greyOf(graph, 'chips', SIDE), HOG), 'features');
  const input = { name: 'chips', type: 'uint8', shape: ['batch', SIDE, SIDE, 3] } as const;
  const output = { name: 'features', type: 'float32', shape: ['batch', hogLength(HOG)] } as const;
  const session = await InferenceSession.create(graph.encode('hog', [input], [output]));
  const chip = Uint8Array.from({ length: SIDE * SIDE * 3 }, (_, index) => {
    const pixel = Math.floor(index / 3);
    return grey(pixel % SIDE, Math.floor(pixel / SIDE));
  });
  const { features } = await run(session, chip, [1, SIDE, SIDE, 3], ['features']);
  const norm = Math.hypot(...features);
  assert.ok(norm < 1e-3 || Math.abs(norm - 1) < 1e-3, `${norm}`);
  return Array.from({ length: 9 }, (_, orientation) =>
    features.filter((_, index) => index % 9 === orientation).reduce((sum, value) => sum + value, 0),
  );
}

describe('histograms of oriented gradients', () => {
  it('of a flat picture are empty', async () => {
    assert.deepEqual(await orientationsOf(() => 77), new Array(9).fill(0));
  });

  it('share a gradient among the two orientations that are nearest', async () => {
    // They go from −90° to 90°: 0° is the fifth one's middle, and 90° lies between the last one and the first.
    const right = await orientationsOf((x) => 10 * x);
    assert.ok(
      right.every((value, index) => value < 1e-3 === (index !== 4)),
      `${right}`,
    );
    const down = await orientationsOf((_, y) => 10 * y);
    assert.ok((down[0] ?? 0) > 0.1 && Math.abs((down[0] ?? 0) - (down[8] ?? 1)) < 1e-3, `${down}`);
    assert.ok(down.slice(1, 8).every((value) => value < 1e-3));
  });

  it('do not ask which side is the lighter one', async () => {
    const [one, other] = [await orientationsOf((x) => 10 * x), await orientationsOf((x) => 250 - 10 * x)];
    for (const [index, value] of one.entries()) assert.ok(Math.abs(value - (other[index] ?? 9)) < 1e-3);
  });
});
