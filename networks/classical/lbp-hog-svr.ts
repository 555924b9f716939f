import { OnnxGraph } from '../export/graph.ts';
import { CHIPS } from './chips.ts';
import { describe } from './descriptors.ts';
import { type Table, timesTable } from './table.ts';

/**
 * Support vector regression with Gaussian kernels: bias + Σ weight · exp(−γ ‖coordinates − vector‖²)
 * (Smola and Schölkopf, "A Tutorial on Support Vector Regression", 2004).
 */
export interface Regression {
  readonly gamma: number;
  readonly bias: number;
  readonly weights: Float32Array;
  /** Support vectors × coordinates. */
  readonly vectors: Table;
}

/** A regressor that has its own coordinates of a face. */
export interface Expert {
  /** From a face's descriptors to a few coordinates: descriptors × coordinates. */
  readonly directions: Table;
  readonly regression: Regression;
}

/** All that was learned. */
export interface LbpHogSvr {
  /** Of the descriptors. */
  readonly mean: Float32Array;
  /** Estimates roughly where a face's number lies. */
  readonly rough: Expert;
  /** Each estimates numbers around its own middle; between two middles both count, by how near they are. */
  readonly brackets: { readonly middles: readonly number[]; readonly experts: readonly Expert[] };
  /** What numbers mean: for each of some, in ascending order, the probabilities of the output's units. */
  readonly meaning: { readonly numbers: readonly number[]; readonly probabilities: Table };
}

/** An ONNX file from chips to probabilities. */
export function encodeLbpHogSvr({ mean, rough, brackets, meaning }: LbpHogSvr, output: string): Uint8Array {
  const graph = new OnnxGraph();
  const average = graph.floats('mean', mean, [1, mean.length]);
  const features = graph.add('Sub', [describe(graph, CHIPS.name), average]);
  const first = consult(graph, features, rough);
  const { middles, experts } = brackets;
  const number =
    experts.length === 0
      ? first
      : graph.add('ReduceSum', [
          graph.add('Mul', [
            graph.add(
              'Concat',
              experts.map((expert) => consult(graph, features, expert)),
              { axis: 1 },
            ),
            hats(graph, first, middles),
          ]),
          graph.integers('axis', [1]),
        ]);
  const { data, rows, columns } = meaning.probabilities;
  const table = graph.floats('meaning', data, [rows, columns]);
  graph.rename(graph.add('MatMul', [hats(graph, number, meaning.numbers), table]), output);
  return graph.encode('lbp-hog-svr', [CHIPS], [{ name: output, type: 'float32', shape: ['batch', columns] }]);
}

/** @returns n × 1 */
function consult(graph: OnnxGraph, features: string, { directions, regression }: Expert): string {
  const coordinates = timesTable(graph, features, directions);
  const { gamma, bias, weights } = regression;
  // Half of the file is support vectors. So precise, they move ages by 0.01 years; in bytes it would be 0.8.
  const halves = Float16Array.from(regression.vectors.data);
  const vectors = { ...regression.vectors, data: Float32Array.from(halves) };
  const squares = Float32Array.from({ length: vectors.rows }, (_, row) =>
    rowOf(vectors, row).reduce((sum, value) => sum + value * value, 0),
  );
  const points = graph.halves('vectors', halves, [vectors.rows, vectors.columns]);
  const own = graph.add('ReduceSum', [
    graph.add('Mul', [coordinates, coordinates]),
    graph.integers('axis', [1]),
  ]);
  const products = graph.add(
    'Gemm',
    [coordinates, points, graph.floats('squares', squares, [1, vectors.rows])],
    {
      transB: 1,
      alpha: { float: -2 },
    },
  );
  const distances = graph.add('Add', [products, own]);
  const kernels = graph.add('Exp', [graph.add('Mul', [distances, graph.scalar('gamma', -gamma)])]);
  return graph.add('Gemm', [
    kernels,
    graph.floats('weights', weights, [weights.length, 1]),
    graph.floats('bias', [bias], [1, 1]),
  ]);
}

/**
 * How near numbers are to some given ones, from 0 to 1: 1 at its own, falling to 0 at both neighbours'. They sum to 1.
 * @param numbers n × 1
 * @returns n × given
 */
function hats(graph: OnnxGraph, numbers: string, given: readonly number[]): string {
  const [least = 0, most = 0] = [given[0], given.at(-1)];
  const shape = [1, given.length];
  const floor = graph.add('Max', [numbers, graph.scalar('least', least)]);
  const within = graph.add('Min', [floor, graph.scalar('most', most)]);
  const distances = graph.add('Sub', [within, graph.floats('given', given, shape)]);
  // The slopes towards the neighbours; at the ends there are none.
  const side = (step: -1 | 1) =>
    given.map((value, index) => step / Math.abs((given[index + step] ?? value + step) - value));
  const rising = graph.add('Mul', [
    distances,
    graph.floats(
      'rise',
      side(1).map((slope) => -slope),
      shape,
    ),
  ]);
  const falling = graph.add('Mul', [
    distances,
    graph.floats(
      'fall',
      side(-1).map((slope) => -slope),
      shape,
    ),
  ]);
  const nearer = graph.add('Min', [rising, falling]);
  return graph.add('Max', [graph.add('Add', [nearer, graph.scalar('one', 1)]), graph.scalar('zero', 0)]);
}

const rowOf = ({ data, columns }: Table, row: number) => data.subarray(row * columns, (row + 1) * columns);
