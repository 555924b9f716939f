import { OnnxGraph } from '../export/graph.ts';
import { CHIPS } from './chips.ts';
import { describeRegions } from './regions.ts';
import { type Table, timesTable } from './table.ts';

/** What was learned of a region. */
export interface RegionModel {
  /** Of what describes it. */
  readonly mean: Float32Array;
  /** From what describes it to a few coordinates: length × coordinates. */
  readonly directions: Table;
  /**
   * For each class, side by side, from coordinates to what is left of them without what the faces of the class contribute when
   * the faces of all classes together rebuild them: (coordinates + 1) × classes · (coordinates + 1). The last coordinate is 1.
   */
  readonly remainders: Table;
  /** How much it counts. */
  readonly weight: number;
}

/** All that was learned. */
export interface LbpSparse {
  readonly regions: readonly RegionModel[];
  /** Of the softmax over what is left, summed over the regions: its slope, and an offset for each class. */
  readonly slope: number;
  readonly offsets: readonly number[];
}

/** An ONNX file from chips to probabilities. */
export function encodeLbpSparse({ regions, slope, offsets }: LbpSparse, output: string): Uint8Array {
  const graph = new OnnxGraph();
  const descriptors = describeRegions(graph, CHIPS.name);
  const parts = regions.map((region, index) => residualsOf(graph, descriptors[index] ?? '', region, offsets));
  const sum = parts.reduce((one, other) => graph.add('Add', [one, other]));
  const logits = graph.add('Sub', [
    graph.floats('offsets', offsets, [1, offsets.length]),
    graph.add('Mul', [sum, graph.scalar('slope', slope)]),
  ]);
  graph.rename(graph.add('Softmax', [logits], { axis: 1 }), output);
  const shape = ['batch', offsets.length] as const;
  return graph.encode('lbp-sparse', [CHIPS], [{ name: output, type: 'float32', shape }]);
}

/** @returns how much each class leaves of a region, weighted: n × classes */
function residualsOf(
  graph: OnnxGraph,
  descriptor: string,
  { mean, directions, remainders, weight }: RegionModel,
  { length: classes }: readonly number[],
): string {
  const centred = graph.add('Sub', [descriptor, graph.floats('mean', mean, [1, mean.length])]);
  const coordinates = timesTable(graph, centred, directions);
  const unit = graph.add('Div', [coordinates, norm(graph, coordinates, 1)]);
  const { columns } = remainders;
  const own = remainders.data.subarray(0, directions.columns * columns);
  const constant = remainders.data.subarray(directions.columns * columns);
  const left = graph.add('Add', [
    timesTable(graph, unit, { data: own, rows: directions.columns, columns }),
    graph.floats('constant', constant, [1, columns]),
  ]);
  const shape = graph.integers('shape', [-1, classes, columns / classes]);
  const norms = graph.add('Reshape', [
    norm(graph, graph.add('Reshape', [left, shape]), 2),
    graph.integers('classes', [-1, classes]),
  ]);
  return graph.add('Mul', [norms, graph.scalar('weight', weight)]);
}

/** Along an axis, which stays, with a length of 1. */
function norm(graph: OnnxGraph, values: string, axis: number): string {
  const squares = graph.add('ReduceSum', [
    graph.add('Mul', [values, values]),
    graph.integers('axis', [axis]),
  ]);
  return graph.add('Sqrt', [graph.add('Add', [squares, graph.scalar('least', 1e-9)])]);
}
