import type { OnnxGraph } from '../export/graph.ts';
import { DataType } from '../export/proto.ts';
import { cellNumbers, convolve, type Grey, histogram } from './grey.ts';

const POINTS = 8;
/** 58 uniform patterns, and one label for all others. */
export const LBP_LABELS = 59;

export interface LbpOptions {
  /** Of the circle that a pixel's neighbours lie on, in pixels. */
  readonly radius: number;
  /** The picture is divided into this many rows and columns of cells. */
  readonly cells: number;
}

export const lbpLength = ({ cells }: LbpOptions): number => cells * cells * LBP_LABELS;

/**
 * Histograms of uniform local binary patterns, cell by cell (Ojala, Pietikäinen and Mäenpää, "Multiresolution Gray-Scale
 * and Rotation Invariant Texture Classification with Local Binary Patterns", 2002; on faces Ahonen, Hadid and
 * Pietikäinen, 2006): LBP u2 (8, radius). Each of a pixel's eight neighbours gives a bit: whether it is at least as light.
 * Shares of a cell's pixels are square-rooted, so that Euclidean distances are Hellinger's.
 * @returns n × `lbpLength`
 */
export function lbpHistograms(graph: OnnxGraph, grey: Grey, options: LbpOptions): string {
  const { radius, cells } = options;
  const pixels = grey.side * grey.side;
  const differences = convolve(graph, grey, neighbours(radius));
  // What is equal but for rounding counts as equal.
  const bits = graph.add('GreaterOrEqual', [differences, graph.scalar('tolerance', -0.01)]);
  const powers = Array.from({ length: POINTS }, (_, point) => 2 ** point);
  const codes = graph.add('Conv', [
    graph.add('Cast', [bits], { to: DataType.FLOAT }),
    graph.floats('powers', powers, [1, POINTS, 1, 1]),
  ]);
  const flat = graph.add('Reshape', [codes, graph.integers('pixels', [-1, pixels])]);
  const labels = graph.add('Gather', [
    graph.integers('labels', uniformLabels()),
    graph.add('Cast', [flat], { to: DataType.INT64 }),
  ]);
  const offsets = cellNumbers(grey.side, cells).map((cell) => cell * LBP_LABELS);
  const bins = graph.add('Add', [labels, graph.integers('cells', offsets)]);
  const counts = histogram(graph, lbpLength(options), { bins });
  const share = graph.scalar('pixels', (cells * cells) / pixels);
  return graph.add('Sqrt', [graph.add('Mul', [counts, share])]);
}

/** Label of each of the 256 patterns: uniform ones, with at most two changes around the circle, have their own. */
export function uniformLabels(): number[] {
  let next = 0;
  return Array.from({ length: 2 ** POINTS }, (_, code) => {
    const turned = (code >> 1) | ((code & 1) << (POINTS - 1));
    const changes = (code ^ turned).toString(2).replaceAll('0', '').length;
    return changes <= 2 ? next++ : LBP_LABELS - 1;
  });
}

/** Kernels that take the middle from each neighbour, which lies between four pixels (bilinear interpolation). */
function neighbours(radius: number): number[][] {
  const reach = Math.ceil(radius);
  const width = 2 * reach + 1;
  return Array.from({ length: POINTS }, (_, point) => {
    const angle = (2 * Math.PI * point) / POINTS;
    const [x, y] = [reach + radius * Math.cos(angle), reach - radius * Math.sin(angle)];
    return Array.from({ length: width * width }, (_, place) => {
      const [row, column] = [Math.floor(place / width), place % width];
      const share = Math.max(0, 1 - Math.abs(x - column)) * Math.max(0, 1 - Math.abs(y - row));
      return share - Number(row === reach && column === reach);
    });
  });
}
