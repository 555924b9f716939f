import { LayersModel, type SymbolicTensor } from '@tensorflow/tfjs-layers';
import { converterFor } from './converters.ts';
import { OnnxGraph } from './graph.ts';
import { type ElementType, elementTypeNumber, type Port } from './proto.ts';
import { channelsFirst, channelsLast, type Value } from './value.ts';

export interface ExportOptions {
  /** Names of the inputs, in the model's order. */
  readonly inputs: readonly string[];
  /** Names of the outputs, in the model's order. */
  readonly outputs: readonly string[];
  /** What the inputs hold; bytes become floats within the network. */
  readonly inputType: ElementType;
}

/**
 * Writes a TensorFlow.js layers model as an ONNX file. Inputs and outputs lie as in the model (channels
 * last); the batch may be of any size.
 *
 * @returns the bytes of the file
 * @throws Error naming the layer when it has no equal in ONNX that is known here
 */
export function exportOnnx(model: LayersModel, { inputs, outputs, inputType }: ExportOptions): Uint8Array {
  const graph = new OnnxGraph();
  const known: Scope = { values: new Map(), calls: new Map() };
  for (const [index, { id, shape }] of model.inputs.entries()) {
    known.values.set(id, { shape, name: enter(graph, { shape, name: nameOf(inputs, index) }, inputType) });
  }
  const results = model.outputs.map((tensor) => channelsLast(graph, convert(graph, known, tensor)));
  for (const [index, result] of results.entries()) graph.rename(result, nameOf(outputs, index));
  return graph.encode(
    model.name,
    model.inputs.map((tensor, index) => port(nameOf(inputs, index), inputType, tensor)),
    model.outputs.map((tensor, index) => port(nameOf(outputs, index), 'float32', tensor)),
  );
}

/** Transposing bytes costs a quarter of transposing floats, so that comes first. */
function enter(graph: OnnxGraph, input: Value, inputType: ElementType): string {
  const name = channelsFirst(graph, input);
  return inputType === 'float32' ? name : graph.add('Cast', [name], { to: elementTypeNumber('float32') });
}

/** What is converted already: values by the tensors' ids, and what went on in each call of a model used as a layer. */
interface Scope {
  readonly values: Map<number, Value>;
  readonly calls: Map<unknown, Scope>;
}

/** Converts the layer that makes `tensor`, after all that leads to it. */
function convert(graph: OnnxGraph, known: Scope, tensor: SymbolicTensor): Value {
  const seen = known.values.get(tensor.id);
  if (seen !== undefined) {
    return seen;
  }
  const { sourceLayer: layer, shape } = tensor;
  const values = tensor.inputs.map((input) => convert(graph, known, input));
  const [first] = values;
  if (first === undefined) {
    throw new Error(`Expected layer ${layer.name} to lead back to an input of the model but it has none.`);
  }
  const value =
    layer instanceof LayersModel
      ? convertModel(graph, known, layer, values, tensor)
      : { shape, name: converterFor(layer)(graph, layer, first, values) };
  known.values.set(tensor.id, value);
  return value;
}

/** A model used as a layer. */
function convertModel(
  graph: OnnxGraph,
  known: Scope,
  model: LayersModel,
  values: readonly Value[],
  { tensorIndex, nodeIndex }: SymbolicTensor,
): Value {
  const output = model.outputs[tensorIndex];
  if (output === undefined) {
    throw new Error(
      `Expected ${model.name} to have an output ${tensorIndex} but it has ${model.outputs.length}.`,
    );
  }
  // Its outputs share what leads to them.
  const call = model.inboundNodes[nodeIndex];
  const inner = known.calls.get(call) ?? { values: new Map(), calls: new Map() };
  known.calls.set(call, inner);
  for (const [index, { id }] of model.inputs.entries()) {
    const value = values[index];
    if (value !== undefined) inner.values.set(id, value);
  }
  return convert(graph, inner, output);
}

function nameOf(names: readonly string[], index: number): string {
  const name = names[index];
  if (name === undefined) {
    throw new Error(
      `Expected a name for each input and output of the model but received only ${names.length}.`,
    );
  }
  return name;
}

function port(name: string, type: ElementType, { shape }: SymbolicTensor): Port {
  return { name, type, shape: shape.map((size, axis) => size ?? (axis === 0 ? 'batch' : `${name}_${axis}`)) };
}
