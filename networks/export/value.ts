import type { Tensor } from '@tensorflow/tfjs-core';
import type { layers, Shape } from '@tensorflow/tfjs-layers';
import type { OnnxGraph } from './graph.ts';

/**
 * A tensor on its way through the network. `shape` is what its layer says, channels last; in the graph the
 * value lies channels first where it has four dimensions, as ONNX's convolutions want it.
 */
export interface Value {
  readonly name: string;
  readonly shape: Shape;
}

/** What turns one call of a layer into operators and names their output. `x` is the first of `inputs`. */
export type Converter = (graph: OnnxGraph, layer: layers.Layer, x: Value, inputs: readonly Value[]) => string;

const FROM_CHANNELS_LAST = [0, 3, 1, 2];
const TO_CHANNELS_LAST = [0, 2, 3, 1];

export function channelsFirst(graph: OnnxGraph, { name, shape }: Value): string {
  return shape.length === 4 ? graph.add('Transpose', [name], { perm: FROM_CHANNELS_LAST }) : name;
}

export function channelsLast(graph: OnnxGraph, { name, shape }: Value): string {
  return shape.length === 4 ? graph.add('Transpose', [name], { perm: TO_CHANNELS_LAST }) : name;
}

/** A layer's axis, which may count from the end, as an axis of the value in the graph. */
export function graphAxis(axis: number, { length }: Shape): number {
  const fromStart = axis < 0 ? axis + length : axis;
  return length === 4 ? FROM_CHANNELS_LAST.indexOf(fromStart) : fromStart;
}

export function constant(graph: OnnxGraph, layer: layers.Layer, name: string, tensor: Tensor): string {
  return graph.floats(`${layer.name}/${name}`, tensor.dataSync(), tensor.shape);
}
