import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import onnxProto from 'onnx-proto';
import { InferenceSession, Tensor } from '../../../layers/onnx/runtime.ts';
import { firstDepthwise, quantize } from '../../../models/build/quantization.ts';
import { OnnxGraph } from '../../../networks/export/graph.ts';

const SHAPE = [1, 3, 24, 32];

/** Numbers between -1 and 1, the same every time. */
function noise(count: number, seed: number): number[] {
  return Array.from({ length: count }, (_, index) => Math.sin((index + 1) * 12.9898 + seed * 78.233));
}

/** A convolution whose channels differ a hundredfold, a depthwise one, one beside it, and their sum. */
function network(activation: 'Relu' | 'Clip' = 'Relu'): { file: Uint8Array; convolutions: string[] } {
  const graph = new OnnxGraph();
  const conv = (input: string, outputs: number, inputs: number, side: number, group = 1) => {
    const values = noise(outputs * inputs * side * side, outputs + side);
    const size = values.length / outputs;
    const uneven = values.map((value, index) => value * 10 ** (2 * ((Math.floor(index / size) % 8) / 7) - 1));
    const kernel = graph.floats('kernel', uneven, [outputs, inputs, side, side]);
    const bias = graph.floats('bias', noise(outputs, side), [outputs]);
    const pads = Array.from({ length: 4 }, () => side >> 1);
    return graph.add('Conv', [input, kernel, bias], { kernel_shape: [side, side], pads, group });
  };
  const image = graph.add('Cast', ['image'], { to: 1 });
  const first = conv(graph.add('Div', [image, graph.scalar('range', 255)]), 8, 3, 3);
  const bounds = activation === 'Clip' ? [graph.scalar('min', 0), graph.scalar('max', 0.2)] : [];
  const relu = graph.add(activation, [first, ...bounds]);
  const depthwise = conv(relu, 8, 1, 3, 8);
  const beside = conv(relu, 8, 8, 1);
  const sum = graph.add('Add', [depthwise, beside]);
  const chosen = graph.add('MaxPool', [conv(graph.add('Relu', [sum]), 8, 8, 1)], {
    kernel_shape: [3, 3],
    pads: [1, 1, 1, 1],
  });
  const last = conv(graph.add('Add', [chosen, sum]), 2, 8, 1);
  graph.rename(last, 'result');
  const file = graph.encode(
    'network',
    [{ name: 'image', type: 'uint8', shape: SHAPE }],
    [{ name: 'result', type: 'float32', shape: [1, 2, ...SHAPE.slice(2)] }],
  );
  return { file, convolutions: [first, depthwise, beside, 'result'] };
}

const image = (seed: number) =>
  Uint8Array.from(
    noise(
      SHAPE.reduce((product, side) => product * side),
      seed,
    ),
    (value) => 127.5 + 127.5 * value,
  );
const images = [1, 2, 3].map((seed) => ({ shape: SHAPE, data: image(seed) }));

async function run(file: Uint8Array, data: Uint8Array): Promise<Float32Array> {
  const session = await InferenceSession.create(file);
  const { result } = await session.run({ image: new Tensor('uint8', data, SHAPE) });
  assert.ok(result?.data instanceof Float32Array);
  return result.data;
}

describe('quantisation', () => {
  for (const activation of ['Relu', 'Clip'] as const)
    it(`changes the result by less than a hundredth of its range, with ${activation}`, async () => {
      const { file } = network(activation);
      const data = image(4);
      const expected = await run(file, data);
      const actual = await run(await quantize(file, { images }), data);
      const range = Math.max(...expected) - Math.min(...expected);
      const squares = expected.reduce(
        (sum, value, index) => sum + (value - (actual[index] ?? Number.NaN)) ** 2,
        0,
      );
      const error = Math.sqrt(squares / expected.length) / range;
      assert.ok(error > 0 && error < 0.01, `${error} of the range`);
    });

  it('knows the depthwise convolution that is right behind one of colours', () => {
    for (const activation of ['Relu', 'Clip'] as const) {
      const { file, convolutions } = network(activation);
      assert.deepEqual([...firstDepthwise(file)], convolutions.slice(1, 2));
    }
  });

  it('makes whole numbers of the weights, but of those of the convolutions that it is to keep', async () => {
    const { file, convolutions } = network();
    const { DataType } = onnxProto.onnx.TensorProto;
    const wholeKernels = async (keep: string[]) => {
      const model = onnxProto.onnx.ModelProto.decode(await quantize(file, { keep: new Set(keep), images }));
      return (model.graph?.initializer ?? []).filter(({ dataType }) => dataType === DataType.INT8);
    };
    assert.equal((await wholeKernels([])).length, convolutions.length);
    assert.equal((await wholeKernels(convolutions.slice(1, 3))).length, convolutions.length - 2);
    for (const { rawData } of await wholeKernels([])) {
      const values = new Int8Array(Uint8Array.from(rawData ?? []).buffer);
      assert.ok(
        values.every((value) => Math.abs(value) <= 64) && values.some((value) => Math.abs(value) === 64),
      );
    }
  });

  it('stays within what the calibration images showed', async () => {
    const { file } = network();
    const dark = images.map(({ shape, data }) => ({ shape, data: data.map((value) => value >> 3) }));
    const data = image(4);
    const expected = await run(file, data);
    const actual = await run(await quantize(file, { images: dark }), data);
    assert.ok(Math.max(...actual) < Math.max(...expected) / 2);
  });

  it('does not take another file for an ONNX file', async () => {
    await assert.rejects(quantize(new Uint8Array(), { images }), /Expected an ONNX file/);
  });
});
