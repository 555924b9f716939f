import type { OnnxGraph } from './graph.ts';

type Activation = (graph: OnnxGraph, x: string, channelAxis: number) => string;

const operator =
  (opType: string): Activation =>
  (graph, x) =>
    graph.add(opType, [x]);

/** One entry per activation function, by the name that layers give it in their configuration. */
const ACTIVATIONS: Readonly<Record<string, Activation>> = {
  linear: (_graph, x) => x,
  relu: operator('Relu'),
  sigmoid: operator('Sigmoid'),
  softmax: (graph, x, axis) => graph.add('Softmax', [x], { axis }),
};

/**
 * @param channelAxis the axis of x that softmax normalises
 * @throws Error naming the function when ONNX has no equal that is known here
 */
export function activate(graph: OnnxGraph, name: string, x: string, channelAxis: number): string {
  const activation = ACTIVATIONS[name];
  if (activation === undefined) {
    throw new Error(
      `Expected an activation among ${Object.keys(ACTIVATIONS).join(', ')} but received ${name}. Add it to ACTIVATIONS.`,
    );
  }
  return activation(graph, x, channelAxis);
}
