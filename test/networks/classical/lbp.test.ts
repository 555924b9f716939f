import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { InferenceSession } from '../../../layers/onnx/runtime.ts';
import { run } from '../../../layers/onnx/session.ts';
import { greyOf, wholeOf } from '../../../networks/classical/grey.ts';
import { LBP_LABELS, lbpHistograms, lbpLabels, uniformLabels } from '../../../networks/classical/lbp.ts';
import { OnnxGraph } from '../../../networks/export/graph.ts';

const SIDE = 8;

/** The only cell's histogram, as shares. */
async function histogramOf(grey: (x: number, y: number) => number): Promise<number[]> {
  const graph = new OnnxGraph();
  const histograms = lbpHistograms(
    graph,
    lbpLabels(graph, greyOf(graph, 'chips', SIDE), 1),
    wholeOf(SIDE, 1),
  );
  graph.rename(histograms, 'features');
  const input = { name: 'chips', type: 'uint8', shape: ['batch', SIDE, SIDE, 3] } as const;
  const output = { name: 'features', type: 'float32', shape: ['batch', LBP_LABELS] } as const;
  const session = await InferenceSession.create(graph.encode('lbp', [input], [output]));
  const chip = Uint8Array.from({ length: SIDE * SIDE * 3 }, (_, index) => {
    const pixel = Math.floor(index / 3);
    return grey(pixel % SIDE, Math.floor(pixel / SIDE));
  });
  const { features } = await run(session, chip, [1, SIDE, SIDE, 3], ['features']);
  return Array.from(features, (root) => root * root);
}

describe('uniform local binary patterns', () => {
  it('are 58, as Ojala, Pietikäinen and Mäenpää count them, and one label for the rest', () => {
    const labels = uniformLabels();
    assert.equal(new Set(labels).size, LBP_LABELS);
    assert.equal(labels.filter((label) => label === LBP_LABELS - 1).length, 256 - 58);
    assert.equal(labels[0b01010101], LBP_LABELS - 1);
  });

  it('of a flat picture are all ones', async () => {
    const shares = await histogramOf(() => 77);
    assert.ok(Math.abs((shares[uniformLabels()[255] ?? 0] ?? 0) - 1) < 1e-5);
  });

  it('of a ramp to the right have the neighbours on the right, above and below', async () => {
    const shares = await histogramOf((x) => 20 * x);
    // Counted from the right, against the clock: all but the three on the left. At the left edge, which goes on, all.
    const ramp = shares[uniformLabels()[0b11000111] ?? 0] ?? 0;
    assert.ok(Math.abs(ramp - (SIDE - 1) / SIDE) < 1e-5, `${ramp}`);
    assert.ok(Math.abs((shares[uniformLabels()[255] ?? 0] ?? 0) - 1 / SIDE) < 1e-5);
  });
});
