import type { OnnxGraph } from '../export/graph.ts';
import { DataType, elementTypeNumber } from '../export/proto.ts';

/** A grey picture of each chip: n × 1 × side × side floats. */
export interface Grey {
  readonly name: string;
  readonly side: number;
}

/** Chips (n × side × side × 3 bytes) as grey pictures of whole numbers from 0 to 255: luma of ITU-R BT.601. */
export function greyOf(graph: OnnxGraph, chips: string, side: number): Grey {
  const colours = graph.add('Cast', [chips], { to: elementTypeNumber('float32') });
  const luma = graph.add('MatMul', [colours, graph.floats('luma', [0.299, 0.587, 0.114], [3, 1])]);
  // Whole numbers, so that flat areas are exactly flat.
  const whole = graph.add('Round', [luma]);
  return { name: graph.add('Reshape', [whole, graph.integers('grey/shape', [-1, 1, side, side])]), side };
}

/** Convolves grey pictures with kernels, as many channels as there are kernels; beyond its edge a picture goes on. */
export function convolve(graph: OnnxGraph, { name }: Grey, kernels: readonly (readonly number[])[]): string {
  const width = Math.sqrt(kernels[0]?.length ?? 0);
  const reach = (width - 1) / 2;
  const pads = graph.integers('pads', [0, 0, reach, reach, 0, 0, reach, reach]);
  const padded = graph.add('Pad', [name, pads], { mode: 'edge' });
  const weights = graph.floats('kernels', kernels.flat(), [kernels.length, 1, width, width]);
  return graph.add('Conv', [padded, weights]);
}

/** A rectangle of a picture, in pixels, divided into cells. */
export interface Region {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
  readonly rows: number;
  readonly columns: number;
}

/** All of a picture, divided into as many rows as columns. */
export const wholeOf = (side: number, cells: number): Region => ({
  ...{ left: 0, top: 0, width: side, height: side },
  ...{ rows: cells, columns: cells },
});

/**
 * The first bin of the cell that each pixel lies in, row by row, in a list. It is kept in bytes, an eighth of the file.
 * @param bins of each cell
 * @throws RangeError where there are more cells than a byte numbers
 */
export function firstBins(graph: OnnxGraph, region: Region, bins: number): string {
  const { rows, columns } = region;
  if (rows * columns > 128)
    throw new RangeError(`Expected at most 128 cells but received ${rows * columns}.`);
  const cells = Int8Array.from(cellNumbers(region));
  const numbers = graph.add('Cast', [graph.bytes('cells', cells, [cells.length])], { to: DataType.INT64 });
  return graph.add('Mul', [numbers, graph.integers('bins', [bins])]);
}

/** The number of the cell that each pixel lies in, row by row. */
const cellNumbers = ({ width, height, rows, columns }: Omit<Region, 'left' | 'top'>): number[] =>
  Array.from({ length: width * height }, (_, pixel) => {
    const row = Math.floor((Math.floor(pixel / width) * rows) / height);
    return row * columns + Math.floor(((pixel % width) * columns) / width);
  });

/**
 * Adds up what pixels bring, by bin.
 * @param bins the bin of each pixel: n × pixels whole numbers
 * @param amounts what each pixel adds to its bin: n × pixels; 1 where left out
 * @param size number of bins
 * @returns n × bins
 */
export function histogram(
  graph: OnnxGraph,
  size: number,
  ...parts: readonly { readonly bins: string; readonly amounts?: string }[]
): string {
  const [first] = parts;
  if (!first) throw new Error('Expected pixels to make a histogram of but received none.');
  const shape = graph.add('Shape', [first.bins]);
  const count = graph.add('Gather', [shape, graph.integers('first', [0])]);
  const whole = graph.add('Concat', [count, graph.integers('bins', [size])], { axis: 0 });
  const ones = () => graph.add('Add', [graph.add('ConstantOfShape', [shape]), graph.scalar('one', 1)]);
  return parts.reduce(
    (sums, { bins, amounts = ones() }) =>
      graph.add('ScatterElements', [sums, bins, amounts], { axis: 1, reduction: 'add' }),
    graph.add('ConstantOfShape', [whole]),
  );
}
