import { OnnxGraph } from '../export/graph.ts';
import { CHIPS, SIDE } from './chips.ts';
import { greyOf, type Region } from './grey.ts';
import { lbpHistograms, lbpLabels, lbpLength } from './lbp.ts';

const region = (
  [left, top, width, height]: readonly [number, number, number, number],
  [columns, rows]: readonly [number, number],
): Region => ({ left, top, width, height, columns, rows });

/**
 * Parts of a face that show expressions, in pixels of a chip. Chips are cut by a face's landmarks, so that these lie always
 * at the same place: the eyes in line 40, the tip of the nose in line 70, the mouth in line 88.
 */
export const REGIONS: readonly Region[] = [
  // Both brows, and what lies between them.
  region([20, 14, 88, 20], [4, 2]),
  region([46, 16, 36, 36], [2, 2]),
  // The eyes.
  region([22, 28, 44, 24], [3, 2]),
  region([62, 28, 44, 24], [3, 2]),
  // Nose and cheeks.
  region([44, 48, 40, 32], [2, 2]),
  region([18, 50, 34, 40], [2, 2]),
  region([76, 50, 34, 40], [2, 2]),
  // The mouth, whole and by halves, and the chin.
  region([34, 74, 60, 36], [4, 3]),
  region([30, 74, 34, 36], [2, 3]),
  region([64, 74, 34, 36], [2, 3]),
  region([40, 96, 48, 30], [2, 2]),
];
const RADII = [1, 2];

/** How many numbers describe each region. */
export const REGION_LENGTHS = REGIONS.map((each) => RADII.length * lbpLength(each));

/**
 * Adds what describes each region: local binary patterns of two radii.
 * @param chips n × side × side × 3 bytes
 * @returns for each region n × its length
 */
export function describeRegions(graph: OnnxGraph, chips: string): string[] {
  const grey = greyOf(graph, chips, SIDE);
  const labels = RADII.map((radius) => lbpLabels(graph, grey, radius));
  return REGIONS.map((each) =>
    graph.add(
      'Concat',
      labels.map((own) => lbpHistograms(graph, own, each)),
      { axis: 1 },
    ),
  );
}

/** An ONNX file from chips to `features`: what describes the regions, one after another. */
export function encodeRegions(): Uint8Array {
  const graph = new OnnxGraph();
  graph.rename(graph.add('Concat', describeRegions(graph, CHIPS.name), { axis: 1 }), 'features');
  const width = REGION_LENGTHS.reduce((sum, length) => sum + length, 0);
  return graph.encode('regions', [CHIPS], [{ name: 'features', type: 'float32', shape: ['batch', width] }]);
}
