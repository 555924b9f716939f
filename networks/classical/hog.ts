import type { OnnxGraph } from '../export/graph.ts';
import { DataType } from '../export/proto.ts';
import { convolve, firstBins, type Grey, histogram, wholeOf } from './grey.ts';

const ORIENTATIONS = 9;
/** A block is this many cells high and wide. */
const BLOCK = 2;
/** Parts of a block are held below this, after a first normalisation (L2-Hys). */
const CLIP = 0.2;

export interface HogOptions {
  /** The picture is divided into this many rows and columns of cells. */
  readonly cells: number;
}

export const hogLength = ({ cells }: HogOptions): number =>
  (cells - 1) * (cells - 1) * BLOCK * BLOCK * ORIENTATIONS;

/**
 * Histograms of oriented gradients (Dalal and Triggs, "Histograms of Oriented Gradients for Human Detection", 2005):
 * nine orientations from 0 to 180°, a gradient's length shared by the two nearest, and overlapping blocks of 2 × 2 cells,
 * each normalised (L2-Hys). A gradient counts for the cell that it lies in.
 * @returns n × `hogLength`
 */
export function hogBlocks(graph: OnnxGraph, grey: Grey, { cells }: HogOptions): string {
  const pixels = grey.side * grey.side;
  const across = [0, 0, 0, -1, 0, 1, 0, 0, 0];
  const down = [0, -1, 0, 0, 0, 0, 0, 1, 0];
  const flat = (kernel: readonly number[]) =>
    graph.add('Reshape', [convolve(graph, grey, [kernel]), graph.integers('pixels', [-1, pixels])]);
  const [x, y] = [flat(across), flat(down)];
  const length = graph.add('Sqrt', [graph.add('Add', [square(graph, x), square(graph, y)])]);
  // Gradients are whole numbers, so that this divides by none that is 0.
  const slope = graph.add('Div', [y, graph.add('Add', [x, graph.scalar('tiny', 1e-6)])]);
  // From −½ to 8½: 0 is the middle of the first orientation.
  const scaled = graph.add('Mul', [graph.add('Atan', [slope]), graph.scalar('turn', ORIENTATIONS / Math.PI)]);
  const place = graph.add('Add', [scaled, graph.scalar('half', (ORIENTATIONS - 1) / 2)]);
  const below = graph.add('Floor', [place]);
  const above = graph.add('Mul', [graph.add('Sub', [place, below]), length]);
  const offsets = firstBins(graph, wholeOf(grey.side, cells), ORIENTATIONS);
  const whole = graph.add('Cast', [below], { to: DataType.INT64 });
  const binsAt = (step: number) => {
    const moved = graph.add('Add', [whole, graph.integers('step', [step])]);
    const around = graph.add('Mod', [moved, graph.integers('orientations', [ORIENTATIONS])]);
    return graph.add('Add', [around, offsets]);
  };
  const sums = histogram(
    graph,
    cells * cells * ORIENTATIONS,
    { bins: binsAt(ORIENTATIONS), amounts: graph.add('Sub', [length, above]) },
    { bins: binsAt(ORIENTATIONS + 1), amounts: above },
  );
  const grid = graph.add('Reshape', [sums, graph.integers('grid', [-1, cells, cells, ORIENTATIONS])]);
  const corner = (row: number, column: number) =>
    graph.add('Slice', [
      grid,
      graph.integers('from', [row, column]),
      graph.integers('to', [row + cells - BLOCK + 1, column + cells - BLOCK + 1]),
      graph.integers('axes', [1, 2]),
    ]);
  const corners = [corner(0, 0), corner(0, 1), corner(1, 0), corner(1, 1)];
  const blocks = graph.add('Concat', corners, { axis: 3 });
  const clipped = graph.add('Min', [normalise(graph, blocks), graph.scalar('clip', CLIP)]);
  const shape = graph.integers('hog', [-1, hogLength({ cells })]);
  return graph.add('Reshape', [normalise(graph, clipped), shape]);
}

const square = (graph: OnnxGraph, value: string) => graph.add('Mul', [value, value]);

function normalise(graph: OnnxGraph, blocks: string): string {
  const squares = graph.add('ReduceSum', [square(graph, blocks), graph.integers('axis', [3])]);
  const norm = graph.add('Sqrt', [graph.add('Add', [squares, graph.scalar('least', 1e-4)])]);
  return graph.add('Div', [blocks, norm]);
}
