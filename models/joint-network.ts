import type { onnx } from 'onnx-proto';
import onnxProto from 'onnx-proto';

const { ModelProto, NodeProto, TensorProto } = onnxProto.onnx;

/**
 * Joins two networks that share all but their last layers into one with the outputs of both: what they share is
 * calculated once.
 *
 * @param first an ONNX file
 * @param second an ONNX file with the same input
 * @throws Error when their convolutions differ
 */
export function joinNetworks(first: Uint8Array, second: Uint8Array): Uint8Array {
  const [one, other] = [ModelProto.decode(first), ModelProto.decode(second)];
  const { nodes, constants, outputs } = partsOf(one);
  const { nodes: otherNodes, constants: otherConstants, outputs: otherOutputs } = partsOf(other);
  const known = new Set(nodes.map(textOf));
  const values = new Map(constants.map((constant) => [constant.name, bytesOf(constant)]));
  const added = otherNodes.filter((node) => !known.has(textOf(node)));
  const addedConstants = otherConstants.filter(
    (constant) => values.get(constant.name)?.equals(bytesOf(constant)) !== true,
  );
  const convolution = added.find(({ opType }) => opType === 'Conv');
  const differing = addedConstants.find(({ name }) => values.has(name));
  if (convolution || differing) {
    throw new Error(
      `Expected networks that differ in their last layers only but ${convolution?.name ?? differing?.name} differs, too.`,
    );
  }
  const [{ name: task = '' } = {}] = otherOutputs;
  const taken = new Set(nodes.flatMap(({ name, output }) => [name ?? '', ...(output ?? [])]));
  const own = new Set(added.flatMap(({ name, output }) => [name ?? '', ...(output ?? [])]));
  const rename = (name: string) => (own.has(name) && taken.has(name) ? `${task}/${name}` : name);
  const renamed = added.map((node) => ({
    ...node,
    name: rename(node.name ?? ''),
    input: node.input?.map(rename) ?? [],
    output: node.output?.map(rename) ?? [],
  }));
  return ModelProto.encode(
    ModelProto.create({
      ...one,
      graph: {
        ...one.graph,
        node: [...nodes, ...renamed],
        initializer: [...constants, ...addedConstants],
        output: [...outputs, ...otherOutputs],
      },
    }),
  ).finish();
}

function partsOf({ graph }: onnx.IModelProto) {
  if (!graph) throw new Error('Expected an ONNX file but received another.');
  return { nodes: graph.node ?? [], constants: graph.initializer ?? [], outputs: graph.output ?? [] };
}

const textOf = (node: onnx.INodeProto) => Buffer.from(NodeProto.encode(node).finish()).toString('latin1');
const bytesOf = (constant: onnx.ITensorProto) => Buffer.from(TensorProto.encode(constant).finish());
