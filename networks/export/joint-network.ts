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
  const added = partsOf(other);
  const [{ name: task = '' } = {}] = added.outputs;
  const known = new Set(nodes.map(textOf));
  const values = new Map(constants.map((constant) => [constant.name, bytesOf(constant)]));
  const ownConstants = added.constants.filter(
    (constant) => values.get(constant.name)?.equals(bytesOf(constant)) !== true,
  );
  // What is the second network's own, and all that follows from it, by the names that it has in the joint one.
  const own = new Map(ownConstants.map(({ name = '' }) => [name, `${task}/${name}`]));
  const rename = (name: string) => own.get(name) ?? name;
  const ownNodes: onnx.INodeProto[] = [];
  for (const node of added.nodes) {
    const { name = '', opType, input = [], output = [] } = node;
    if (known.has(textOf(node)) && !input?.some((each) => own.has(each))) continue;
    if (opType === 'Conv') {
      throw new Error(`Expected networks that differ in their last layers only but ${name} differs, too.`);
    }
    for (const each of output ?? []) if (each !== task) own.set(each, `${task}/${each}`);
    ownNodes.push({
      ...node,
      name: `${task}/${name}`,
      input: input?.map(rename) ?? [],
      output: output?.map(rename) ?? [],
    });
  }
  return ModelProto.encode(
    ModelProto.create({
      ...one,
      graph: {
        ...one.graph,
        node: [...nodes, ...ownNodes],
        initializer: [
          ...constants,
          ...ownConstants.map((constant) => ({ ...constant, name: rename(constant.name ?? '') })),
        ],
        output: [...outputs, ...added.outputs],
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
