import type { onnx } from 'onnx-proto';
import onnxProto from 'onnx-proto';
import { attributeProto, DataType, portProto } from './export/proto.ts';

const { ModelProto } = onnxProto.onnx;

/** The published file's name for the input. */
const PUBLISHED_INPUT = 'input.1';
/** The published file's names for the outputs; what they are called here, and their channels. */
const OUTPUTS = new Map([
  ['537', { name: 'heat_map', channels: 1 }],
  ['538', { name: 'scale', channels: 2 }],
  ['539', { name: 'offset', channels: 2 }],
  ['540', { name: 'landmarks', channels: 10 }],
]);

/**
 * Convolutions, by their outputs, that are to calculate in floats when the others do in bytes: the first three,
 * which lose most by it and gain no time, and those that hold the result (`536` before it is made a probability).
 */
export const CENTERFACE_FLOATS: ReadonlySet<string> = new Set([
  ...['363', '366', '369'],
  ...['536', 'scale', 'offset', 'landmarks'],
]);

/**
 * Makes CenterFace (Xu et al., "CenterFace: Joint Face Detection and Alignment Using Face as Point", 2019)
 * ready to serve: height and width may be any multiple of 32, pixels come as they are, and constants are no
 * longer inputs, which would keep the runtime from folding them.
 *
 * Input `image`: 1 × height × width × 3, RGB bytes. Outputs, channels first, a quarter as high and wide:
 * `heat_map` (1 channel), the confidence that a face is centred there; `scale` (2), the logarithm of a
 * quarter of the face's height and width; `offset` (2), how far below and right of the map's pixel the
 * centre is; `landmarks` (10), y and x of five points, from the face's top left, over its height and width.
 *
 * @param file the ONNX file as published
 */
export function adaptCenterFace(file: Uint8Array): Uint8Array {
  const published = ModelProto.decode(file);
  const { node = [], initializer = [], input = [] } = published.graph ?? {};
  if (!node || !initializer || input?.[0]?.name !== PUBLISHED_INPUT) {
    throw new Error(`Expected CenterFace with the input ${PUBLISHED_INPUT} but received another network.`);
  }
  const constants = new Map(initializer.map((tensor) => [tensor.name ?? '', tensor]));
  const nodes = foldBatchNormalization(node, constants).map((each) => ({
    ...each,
    output: (each.output ?? []).map((name) => OUTPUTS.get(name)?.name ?? name),
  }));
  const used = new Set(nodes.flatMap((each) => each.input ?? []));
  const model = ModelProto.create({
    irVersion: published.irVersion,
    opsetImport: published.opsetImport,
    producerName: 'facedrop',
    graph: {
      name: 'centerface',
      node: [
        {
          opType: 'Transpose',
          input: ['image'],
          output: ['bytes'],
          attribute: [attributeProto('perm', [0, 3, 1, 2])],
        },
        {
          opType: 'Cast',
          input: ['bytes'],
          output: [PUBLISHED_INPUT],
          attribute: [attributeProto('to', DataType.FLOAT)],
        },
        ...nodes,
      ],
      initializer: [...constants.values()].filter(({ name }) => used.has(name ?? '')),
      input: [portProto({ name: 'image', type: 'uint8', shape: [1, 'height', 'width', 3] })],
      output: [...OUTPUTS.values()].map(({ name, channels }) =>
        portProto({ name, type: 'float32', shape: [1, channels, 'map_height', 'map_width'] }),
      ),
    },
  });
  return ModelProto.encode(model).finish();
}

/**
 * Merges each batch normalisation into the transposed convolution before it, which the runtime does for
 * plain convolutions only. Per output channel: w′ = w · γ ⁄ √(σ² + ε) and b′ = β − μ · γ ⁄ √(σ² + ε).
 */
function foldBatchNormalization(
  nodes: readonly onnx.INodeProto[],
  constants: Map<string, onnx.ITensorProto>,
): onnx.INodeProto[] {
  const folded: onnx.INodeProto[] = [];
  for (const node of nodes) {
    const before = folded.at(-1);
    if (node.opType !== 'BatchNormalization' || before?.opType !== 'ConvTranspose') {
      folded.push(node);
      continue;
    }
    const [input = '', kernelName = ''] = before.input ?? [];
    const kernel = constants.get(kernelName);
    const { factor, bias } = affine(node, constants);
    // The kernel lies as inputs × outputs × height × width.
    const area = (before.attribute?.find(({ name }) => name === 'kernel_shape')?.ints ?? []).reduce<number>(
      (product, side) => product * Number(side),
      1,
    );
    const scaled = floats(kernel).map(
      (value, index) => value * (factor[Math.floor(index / area) % factor.length] ?? 0),
    );
    const biasName = `${kernelName}.bias`;
    constants.set(kernelName, { ...kernel, rawData: bytes(scaled), floatData: [] });
    constants.set(biasName, {
      name: biasName,
      dataType: DataType.FLOAT,
      dims: [bias.length],
      rawData: bytes(bias),
    });
    folded[folded.length - 1] = {
      ...before,
      input: [input, kernelName, biasName],
      output: node.output ?? [],
    };
  }
  return folded;
}

/** Batch normalisation as factor · x + bias. */
function affine(
  { input, attribute }: onnx.INodeProto,
  constants: ReadonlyMap<string, onnx.ITensorProto>,
): { factor: Float32Array; bias: Float32Array } {
  const epsilon = attribute?.find(({ name }) => name === 'epsilon')?.f ?? 1e-5;
  const [gamma, beta, mean, variance] = [1, 2, 3, 4].map((index) =>
    floats(constants.get(input?.[index] ?? '')),
  );
  const factor = Float32Array.from(
    gamma ?? [],
    (value, c) => value / Math.sqrt((variance?.[c] ?? 0) + epsilon),
  );
  return { factor, bias: factor.map((value, c) => (beta?.[c] ?? 0) - (mean?.[c] ?? 0) * value) };
}

function floats(tensor: onnx.ITensorProto | undefined): Float32Array {
  if (tensor?.dataType !== DataType.FLOAT || !tensor.rawData) {
    throw new Error(
      `Expected a constant of raw floats in CenterFace but received ${tensor?.name ?? 'none'}.`,
    );
  }
  return new Float32Array(Uint8Array.from(tensor.rawData).buffer);
}

function bytes(values: Float32Array): Uint8Array {
  return new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
}
