import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { cast, randomUniform } from '@tensorflow/tfjs-core';
import {
  input,
  type LayersModel,
  layers,
  model,
  type SymbolicTensor,
  sequential,
} from '@tensorflow/tfjs-layers';
import { ChannelPadding } from '../../networks/channel-padding.ts';
import { SeededDropout } from '../../networks/dropout.ts';
import { exportOnnx } from '../../networks/export/onnx.ts';
import { add, apply } from '../../networks/layers.ts';
import { Normalization } from '../../networks/normalization.ts';
import { ResponseNormalization } from '../../networks/response-normalization.ts';
import { assertAgrees, randomizeWeights } from './agreement.ts';

type Body = (x: SymbolicTensor) => SymbolicTensor | SymbolicTensor[];

/** Height, width, channels; one side odd, one even. */
const MAP = [7, 10, 3];
const VECTOR = [6];

function build(shape: readonly (number | null)[], body: Body): LayersModel {
  const x = input({ shape: [...shape] });
  const built = model({ inputs: x, outputs: body(x) });
  randomizeWeights(built);
  return built;
}

const random = (...shape: number[]) => randomUniform(shape, -1, 1, 'float32', 1);
const one =
  (layer: layers.Layer): Body =>
  (x) =>
    apply(layer, x);
const conv = (x: SymbolicTensor) => apply(layers.conv2d({ filters: 3, kernelSize: 1 }), x);

const LAYERS: Readonly<Record<string, readonly [readonly number[], Body]>> = {
  'convolution without bias': [MAP, one(layers.conv2d({ filters: 4, kernelSize: 3, useBias: false }))],
  'convolution over distant pixels': [
    MAP,
    one(layers.conv2d({ filters: 4, kernelSize: 3, dilationRate: 2, padding: 'same' })),
  ],
  'convolution with an oblong kernel': [
    MAP,
    one(layers.conv2d({ filters: 4, kernelSize: [1, 4], strides: [1, 2], padding: 'same' })),
  ],
  'depthwise convolution': [
    MAP,
    one(layers.depthwiseConv2d({ kernelSize: 3, strides: 2, padding: 'same', depthMultiplier: 2 })),
  ],
  'separable convolution': [
    MAP,
    one(
      layers.separableConv2d({ filters: 4, kernelSize: 3, strides: 2, padding: 'same', depthMultiplier: 2 }),
    ),
  ],
  'global average': [MAP, one(layers.globalAveragePooling2d({}))],
  'batch normalisation of maps': [MAP, one(layers.batchNormalization())],
  'batch normalisation of vectors': [VECTOR, one(layers.batchNormalization({ scale: false, center: false }))],
  'flat map in a dense layer': [MAP, (x) => apply(layers.dense({ units: 5 }), apply(layers.flatten(), x))],
  'dense layer without bias': [
    VECTOR,
    one(layers.dense({ units: 5, useBias: false, activation: 'sigmoid' })),
  ],
  sum: [MAP, (x) => add(x, conv(x), conv(x))],
  product: [MAP, (x) => apply(layers.multiply(), x, conv(x))],
  'channels side by side': [MAP, (x) => apply(layers.concatenate(), x, conv(x))],
  'rows below each other': [MAP, (x) => apply(layers.concatenate({ axis: 1 }), x, conv(x))],
  'columns side by side': [MAP, (x) => apply(layers.concatenate({ axis: 2 }), x, conv(x))],
  padding: [
    MAP,
    one(
      layers.zeroPadding2d({
        padding: [
          [1, 2],
          [3, 0],
        ],
      }),
    ),
  ],
  cropping: [
    MAP,
    one(
      layers.cropping2D({
        cropping: [
          [1, 2],
          [3, 0],
        ],
      }),
    ),
  ],
  'response normalisation': [
    [3, 4, 9],
    one(new ResponseNormalization({ depthRadius: 2, bias: 0.5, alpha: 0.7, beta: 0.6 })),
  ],
  rescaling: [MAP, one(layers.rescaling({ scale: 2, offset: -0.5 }))],
  'normalisation of maps': [MAP, one(new Normalization({ mean: [0.1, 0.2, 0.3], deviation: 0.5 }))],
  'normalisation of vectors': [VECTOR, one(new Normalization({ mean: [1, 2, 3, 4, 5, 6], deviation: 2 }))],
  'softmax as activation of a map': [MAP, one(layers.activation({ activation: 'softmax' }))],
  'bounded ReLU': [MAP, one(layers.reLU({ maxValue: 0.5 }))],
  'ReLU with a slope for each channel': [MAP, one(layers.prelu({ sharedAxes: [1, 2] }))],
  'channels of zeros': [MAP, (x) => conv(apply(new ChannelPadding({ channels: 2 }), x))],
  'a layer that only acts in training': [
    MAP,
    (x) => apply(new SeededDropout({ rate: 0.5, seed: 1 }), conv(x)),
  ],
  'layer used twice': [
    MAP,
    (x) => {
      const shared = layers.conv2d({ filters: 3, kernelSize: 3, padding: 'same' });
      return apply(shared, apply(shared, x));
    },
  ],
  'model used as a layer': [MAP, (x) => apply(build(MAP, conv), x)],
  'sequence used as a layer': [
    MAP,
    one(
      sequential({ layers: [layers.conv2d({ inputShape: MAP, filters: 2, kernelSize: 3 }), layers.reLU()] }),
    ),
  ],
  'outputs that lead to each other': [
    MAP,
    (x) => {
      const pooled = apply(layers.globalAveragePooling2d({}), x);
      return [pooled, apply(layers.dense({ units: 4 }), pooled)];
    },
  ],
  'several outputs': [MAP, (x) => [conv(x), apply(layers.globalAveragePooling2d({}), x)]],
};

describe('export to ONNX', () => {
  for (const [name, [shape, body]] of Object.entries(LAYERS)) {
    it(`agrees on ${name}`, () => assertAgrees(build(shape, body), [random(2, ...shape)]));
  }

  for (const padding of ['same', 'valid'] as const) {
    for (const strides of [1, 2, 3]) {
      it(`agrees on windows of every size, ${padding}, stride ${strides}`, async () => {
        for (const size of [1, 2, 3, 4, 5]) {
          for (const layer of [
            layers.conv2d({ filters: 2, kernelSize: size, strides, padding }),
            layers.maxPooling2d({ poolSize: size, strides, padding }),
            layers.averagePooling2d({ poolSize: size, strides, padding }),
          ]) {
            await assertAgrees(build(MAP, one(layer)), [random(2, ...MAP)]);
          }
        }
      });
    }
  }

  for (const activation of ['linear', 'relu', 'sigmoid', 'softmax'] as const) {
    it(`agrees on the activation ${activation}`, async () => {
      const wide = randomUniform([2, ...MAP], -10, 10, 'float32', 1);
      await assertAgrees(build(MAP, one(layers.activation({ activation }))), [wide]);
      await assertAgrees(build(VECTOR, one(layers.dense({ units: 3, activation }))), [random(2, ...VECTOR)]);
    });
  }

  it('lets height and width vary', async () => {
    const layer = layers.conv2d({ filters: 2, kernelSize: 3, strides: 2, padding: 'same' });
    const network = build([null, null, 3], one(layer));
    await assertAgrees(network, [random(1, 9, 14, 3)]);
    await assertAgrees(network, [random(3, 6, 5, 3)]);
  });

  it('takes bytes', async () => {
    const bytes = cast(randomUniform([2, ...MAP], 0, 255, 'int32', 1), 'float32');
    await assertAgrees(build(MAP, conv), [bytes], 'uint8');
  });

  it('writes the weights of a model with several outputs once', () => {
    const pooled = (x: SymbolicTensor) => apply(layers.globalAveragePooling2d({}), x);
    const inner = build(MAP, (x) => {
      const wide = apply(layers.conv2d({ filters: 500, kernelSize: 3 }), x);
      return [pooled(wide), pooled(apply(layers.reLU(), wide))];
    });
    const network = build(MAP, (x) => apply(layers.add(), ...[inner.apply(x) as SymbolicTensor[]].flat()));
    const bytes = exportOnnx(network, { inputs: ['x'], outputs: ['y'], inputType: 'float32' });
    assert.ok(bytes.length < 1.1 * 4 * inner.countParams(), `${bytes.length} bytes`);
  });

  it('takes several inputs', async () => {
    const inputs = [input({ shape: MAP }), input({ shape: MAP })];
    const network = model({ inputs, outputs: apply(layers.concatenate(), ...inputs) });
    await assertAgrees(network, [random(1, ...MAP), randomUniform([1, ...MAP])]);
  });

  const refuses = (reason: RegExp, shape: readonly number[], body: Body) =>
    assert.throws(
      () => exportOnnx(build(shape, body), { inputs: ['x'], outputs: ['y'], inputType: 'float32' }),
      reason,
    );

  it('names the layer that it cannot export', () => {
    refuses(/layer enlarge of class UpSampling2D/, MAP, one(layers.upSampling2d({ name: 'enlarge' })));
    refuses(/received mish/, MAP, one(layers.activation({ activation: 'mish' })));
    refuses(
      /layer first of class Conv2D: dataFormat/,
      MAP,
      one(layers.conv2d({ name: 'first', filters: 2, kernelSize: 1, dataFormat: 'channelsFirst' })),
    );
    refuses(
      /layer wide of class Dense to follow a flat layer/,
      MAP,
      one(layers.dense({ name: 'wide', units: 2 })),
    );
  });

  it('wants a name for every output', () => {
    const network = build(MAP, (x) => [conv(x), conv(x)]);
    assert.throws(
      () => exportOnnx(network, { inputs: ['x'], outputs: ['y'], inputType: 'float32' }),
      /Expected a name for each input and output/,
    );
  });
});
