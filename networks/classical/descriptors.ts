import { OnnxGraph } from '../export/graph.ts';
import { CHIPS, SIDE } from './chips.ts';
import { greyOf, wholeOf } from './grey.ts';
import { type HogOptions, hogBlocks, hogLength } from './hog.ts';
import { lbpHistograms, lbpLabels, lbpLength } from './lbp.ts';

/** Fine details in small cells, coarser ones in large cells. */
const LBP = [
  { radius: 1, region: wholeOf(SIDE, 8) },
  { radius: 2, region: wholeOf(SIDE, 4) },
];
const HOG: HogOptions = { cells: 8 };

/** How long the two descriptors are, which lie one after the other. */
export const LBP_LENGTH = LBP.reduce((sum, { region }) => sum + lbpLength(region), 0);
export const HOG_LENGTH = hogLength(HOG);

/**
 * Adds what describes a face: local binary patterns, then oriented gradients.
 * @param chips n × side × side × 3 bytes
 * @returns n × (`LBP_LENGTH` + `HOG_LENGTH`)
 */
export function describe(graph: OnnxGraph, chips: string): string {
  const grey = greyOf(graph, chips, SIDE);
  const parts = [
    ...LBP.map(({ radius, region }) => lbpHistograms(graph, lbpLabels(graph, grey, radius), region)),
    hogBlocks(graph, grey, HOG),
  ];
  return graph.add('Concat', parts, { axis: 1 });
}

/** An ONNX file from chips to `features`. */
export function encodeDescriptors(): Uint8Array {
  const graph = new OnnxGraph();
  graph.rename(describe(graph, CHIPS.name), 'features');
  const shape = ['batch', LBP_LENGTH + HOG_LENGTH] as const;
  return graph.encode('descriptors', [CHIPS], [{ name: 'features', type: 'float32', shape }]);
}
