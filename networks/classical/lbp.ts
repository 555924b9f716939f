import type { OnnxGraph } from '../export/graph.ts';
import { DataType } from '../export/proto.ts';
import { convolve, firstBins, type Grey, histogram, type Region } from './grey.ts';

const POINTS = 8;
/** 58 uniform patterns, and one label for all others. */
export const LBP_LABELS = 59;

/** The label of each pixel's pattern: n × 1 × side × side whole numbers. */
export interface Labels {
  readonly name: string;
  readonly side: number;
}

/** How many numbers describe a region. */
export const lbpLength = ({ rows, columns }: Pick<Region, 'rows' | 'columns'>): number =>
  rows * columns * LBP_LABELS;

/**
 * Uniform local binary patterns (Ojala, Pietikäinen and Mäenpää, "Multiresolution Gray-Scale and Rotation Invariant Texture
 * Classification with Local Binary Patterns", 2002): LBP u2 (8, radius). Each of a pixel's eight neighbours gives a bit:
 * whether it is at least as light.
 * @param radius of the circle that a pixel's neighbours lie on, in pixels
 */
export function lbpLabels(graph: OnnxGraph, grey: Grey, radius: number): Labels {
  const { side } = grey;
  const differences = convolve(graph, grey, neighbours(radius));
  // What is equal but for rounding counts as equal.
  const bits = graph.add('GreaterOrEqual', [differences, graph.scalar('tolerance', -0.01)]);
  const powers = Array.from({ length: POINTS }, (_, point) => 2 ** point);
  const codes = graph.add('Conv', [
    graph.add('Cast', [bits], { to: DataType.FLOAT }),
    graph.floats('powers', powers, [1, POINTS, 1, 1]),
  ]);
  const name = graph.add('Gather', [
    graph.integers('labels', uniformLabels()),
    graph.add('Cast', [codes], { to: DataType.INT64 }),
  ]);
  return { name, side };
}

/**
 * How often each pattern occurs in the cells of a region (on faces Ahonen, Hadid and Pietikäinen, "Face Description with
 * Local Binary Patterns", 2006). Shares of a cell's pixels are square-rooted, so that Euclidean distances are Hellinger's.
 * @returns n × `lbpLength`
 */
export function lbpHistograms(graph: OnnxGraph, { name, side }: Labels, region: Region): string {
  const { left, top, width, height, rows, columns } = region;
  const isWhole = width === side && height === side;
  const part = isWhole
    ? name
    : graph.add('Slice', [
        name,
        graph.integers('from', [top, left]),
        graph.integers('to', [top + height, left + width]),
        graph.integers('axes', [2, 3]),
      ]);
  const pixels = width * height;
  const flat = graph.add('Reshape', [part, graph.integers('pixels', [-1, pixels])]);
  const bins = graph.add('Add', [flat, firstBins(graph, region, LBP_LABELS)]);
  const counts = histogram(graph, lbpLength(region), { bins });
  const share = graph.scalar('pixels', (rows * columns) / pixels);
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
