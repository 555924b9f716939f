import { ones, reshape, sub, type Tensor, zeros } from '@tensorflow/tfjs-core';
import type { layers } from '@tensorflow/tfjs-layers';
import { z } from 'zod';
import { ChannelPadding } from '../channel-padding.ts';
import { SeededDropout } from '../dropout.ts';
import { Normalization } from '../normalization.ts';
import { ResponseNormalization } from '../response-normalization.ts';
import { activate } from './activations.ts';
import { conv2d, depthwiseConv2d, separableConv2d } from './convolutions.ts';
import { configuration, describe, optionalWeight, weight } from './layer.ts';
import { windowAttributes, windowSchema } from './padding.ts';
import { type Converter, channelsLast, constant, graphAxis } from './value.ts';

const poolingSchema = windowSchema.extend({ poolSize: z.array(z.number()).length(2) });
const channelsLastSchema = z.object({ dataFormat: z.literal('channelsLast') });
const activationSchema = z.object({ activation: z.string() });
const axisSchema = z.object({ axis: z.number().int() });
const normalizationSchema = z.object({ mean: z.array(z.number()), deviation: z.number() });
const responseSchema = z.object({
  depthRadius: z.int(),
  bias: z.number(),
  alpha: z.number(),
  beta: z.number(),
});
const sidesSchema = z.tuple([z.number(), z.number()]);
const paddingSchema = channelsLastSchema.extend({ padding: z.tuple([sidesSchema, sidesSchema]) });
const croppingSchema = channelsLastSchema.extend({ cropping: z.tuple([sidesSchema, sidesSchema]) });

/** Layers that only act during training. */
const identity: Converter = (_graph, _layer, x) => x.name;

const pool =
  (opType: 'MaxPool' | 'AveragePool'): Converter =>
  (graph, layer, x) => {
    const config = configuration(layer, poolingSchema);
    return graph.add(opType, [x.name], windowAttributes(x.shape, config.poolSize, config));
  };

const globalAverage: Converter = (graph, layer, x) => {
  configuration(layer, channelsLastSchema);
  return graph.add('Flatten', [graph.add('GlobalAveragePool', [x.name])], { axis: 1 });
};

const merge =
  (opType: 'Add' | 'Mul'): Converter =>
  (graph, layer, x, inputs) => {
    if (inputs.some(({ shape }) => shape.length !== x.shape.length)) {
      throw new Error(`Expected the inputs of ${describe(layer)} to have equally many dimensions.`);
    }
    return inputs.map(({ name }) => name).reduce((left, right) => graph.add(opType, [left, right]));
  };

const concatenate: Converter = (graph, layer, x, inputs) => {
  const axis = graphAxis(configuration(layer, axisSchema).axis, x.shape);
  return graph.add(
    'Concat',
    inputs.map(({ name }) => name),
    { axis },
  );
};

const dense: Converter = (graph, layer, x) => {
  if (x.shape.length !== 2) {
    throw new Error(`Expected ${describe(layer)} to follow a flat layer. Put Flatten before it.`);
  }
  const inputs = [x.name, constant(graph, layer, 'kernel', weight(layer, 'kernel'))];
  const bias = optionalWeight(layer, 'bias');
  if (bias !== undefined) {
    inputs.push(constant(graph, layer, 'bias', bias));
  }
  return activate(graph, configuration(layer, activationSchema).activation, graph.add('Gemm', inputs), 1);
};

const activation: Converter = (graph, layer, x) =>
  activate(graph, configuration(layer, activationSchema).activation, x.name, graphAxis(-1, x.shape));

const relu: Converter = (graph, layer, x) => {
  const { maxValue } = configuration(layer, z.object({ maxValue: z.number().nullish() }));
  if (typeof maxValue !== 'number') {
    return graph.add('Relu', [x.name]);
  }
  return graph.add('Clip', [x.name, graph.scalar('min', 0), graph.scalar('max', maxValue)]);
};

const prelu: Converter = (graph, layer, x) => {
  const slopes = weight(layer, 'alpha');
  const { sharedAxes } = configuration(layer, z.object({ sharedAxes: z.array(z.int()).nullable() }));
  if (x.shape.length !== 4 || sharedAxes?.join() !== '1,2') {
    throw new Error(`Expected ${describe(layer)} to have a slope for each channel of maps.`);
  }
  // As x · slope + max(x, 0) · (1 − slope). The runtime lays maps out for convolutions and would rearrange them around
  // a `PRelu` and back, which takes longer than everything else together.
  const scaled = (input: string, name: string, factors: Tensor) =>
    graph.add('Conv', [input, constant(graph, layer, name, reshape(factors, [-1, 1, 1, 1]))], {
      kernel_shape: [1, 1],
      group: slopes.size,
    });
  return graph.add('Add', [
    scaled(graph.add('Relu', [x.name]), 'above', sub(1, slopes)),
    scaled(x.name, 'below', slopes),
  ]);
};

const batchNormalization: Converter = (graph, layer, x) => {
  const { axis, epsilon } = configuration(layer, axisSchema.extend({ epsilon: z.number() }));
  if (graphAxis(axis, x.shape) !== 1) {
    throw new Error(`Expected ${describe(layer)} to normalise channels but its axis is ${axis}.`);
  }
  const mean = weight(layer, 'moving_mean');
  const parameters = [
    constant(graph, layer, 'gamma', optionalWeight(layer, 'gamma') ?? ones(mean.shape)),
    constant(graph, layer, 'beta', optionalWeight(layer, 'beta') ?? zeros(mean.shape)),
    constant(graph, layer, 'moving_mean', mean),
    constant(graph, layer, 'moving_variance', weight(layer, 'moving_variance')),
  ];
  return graph.add('BatchNormalization', [x.name, ...parameters], { epsilon: { float: epsilon } });
};

const rescaling: Converter = (graph, layer, x) => {
  const { scale, offset } = configuration(layer, z.object({ scale: z.number(), offset: z.number() }));
  return graph.add('Add', [
    graph.add('Mul', [x.name, graph.scalar('scale', scale)]),
    graph.scalar('offset', offset),
  ]);
};

const normalization: Converter = (graph, layer, x) => {
  const { mean, deviation } = configuration(layer, normalizationSchema);
  const shape = x.shape.length === 4 ? [1, mean.length, 1, 1] : [mean.length];
  const centred = graph.add('Sub', [x.name, graph.floats('mean', mean, shape)]);
  return graph.add('Div', [centred, graph.scalar('deviation', deviation)]);
};

const responseNormalization: Converter = (graph, layer, x) => {
  const { depthRadius, bias, alpha, beta } = configuration(layer, responseSchema);
  // ONNX counts all channels of the window and divides alpha by their number.
  const size = 2 * depthRadius + 1;
  return graph.add('LRN', [x.name], {
    size,
    bias: { float: bias },
    alpha: { float: alpha * size },
    beta: { float: beta },
  });
};

const flatten: Converter = (graph, layer, x) => {
  configuration(layer, channelsLastSchema.partial());
  return graph.add('Flatten', [channelsLast(graph, x)], { axis: 1 });
};

const zeroPadding: Converter = (graph, layer, x) => {
  const { padding } = configuration(layer, paddingSchema);
  const [[top, bottom], [left, right]] = padding;
  return graph.add('Pad', [x.name, graph.integers('pads', [0, 0, top, left, 0, 0, bottom, right])]);
};

const channelPadding: Converter = (graph, layer, x) => {
  const { channels } = configuration(layer, z.object({ channels: z.int() }));
  const last = graphAxis(-1, x.shape);
  const after = x.shape.map((_, axis) => (axis === last ? channels : 0));
  return graph.add('Pad', [x.name, graph.integers('pads', [...x.shape.map(() => 0), ...after])]);
};

const cropping: Converter = (graph, layer, x) => {
  const [[top, bottom], [left, right]] = configuration(layer, croppingSchema).cropping;
  // An end counts from the map's own; one that removes nothing has to lie beyond it.
  const end = (taken: number) => (taken === 0 ? Number.MAX_SAFE_INTEGER : -taken);
  return graph.add('Slice', [
    x.name,
    graph.integers('starts', [top, left]),
    graph.integers('ends', [end(bottom), end(right)]),
    graph.integers('axes', [2, 3]),
  ]);
};

/** One entry per class of layer, by the class's own name. */
const CONVERTERS: Readonly<Record<string, Converter>> = {
  Activation: activation,
  Add: merge('Add'),
  AveragePooling2D: pool('AveragePool'),
  BatchNormalization: batchNormalization,
  [ChannelPadding.className]: channelPadding,
  Concatenate: concatenate,
  Conv2D: conv2d,
  Cropping2D: cropping,
  Dense: dense,
  DepthwiseConv2D: depthwiseConv2d,
  Flatten: flatten,
  GlobalAveragePooling2D: globalAverage,
  MaxPooling2D: pool('MaxPool'),
  Multiply: merge('Mul'),
  [Normalization.className]: normalization,
  PReLU: prelu,
  ReLU: relu,
  Rescaling: rescaling,
  [ResponseNormalization.className]: responseNormalization,
  [SeededDropout.className]: identity,
  SeparableConv2D: separableConv2d,
  ZeroPadding2D: zeroPadding,
};

/** @throws Error naming the class when there is no converter for it */
export function converterFor(layer: layers.Layer): Converter {
  const converter = CONVERTERS[layer.getClassName()];
  if (converter === undefined) {
    throw new Error(
      `Expected a layer of class ${Object.keys(CONVERTERS).join(', ')} but received ${describe(layer)}. Add a converter for it.`,
    );
  }
  return converter;
}
