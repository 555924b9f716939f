import { reshape, type Tensor, transpose } from '@tensorflow/tfjs-core';
import type { layers } from '@tensorflow/tfjs-layers';
import { z } from 'zod';
import { activate } from './activations.ts';
import type { OnnxGraph } from './graph.ts';
import { configuration, optionalWeight, weight } from './layer.ts';
import { windowAttributes, windowSchema } from './padding.ts';
import { type Converter, constant, type Value } from './value.ts';

const convolutionSchema = windowSchema.extend({
  dilationRate: z.array(z.number()).length(2),
  activation: z.string(),
});
type Convolution = z.infer<typeof convolutionSchema>;

export const conv2d: Converter = (graph, layer, x) => {
  const config = configuration(layer, convolutionSchema);
  const convolved = convolve(graph, layer, x, 'kernel', config, { biased: true });
  return activate(graph, config.activation, convolved, 1);
};

export const depthwiseConv2d: Converter = (graph, layer, x) => {
  const config = configuration(layer, convolutionSchema);
  const convolved = convolve(graph, layer, x, 'depthwise_kernel', config, { biased: true });
  return activate(graph, config.activation, convolved, 1);
};

/** A depthwise convolution and, across the channels, a 1×1 convolution; the bias belongs to the second. */
export const separableConv2d: Converter = (graph, layer, x) => {
  const config = configuration(layer, convolutionSchema);
  const depthwise = convolve(graph, layer, x, 'depthwise_kernel', config, { biased: false });
  const pixel: Convolution = { ...config, padding: 'valid', strides: [1, 1], dilationRate: [1, 1] };
  const mixed = convolve(graph, layer, { ...x, name: depthwise }, 'pointwise_kernel', pixel, {
    biased: true,
  });
  return activate(graph, config.activation, mixed, 1);
};

function convolve(
  graph: OnnxGraph,
  layer: layers.Layer,
  x: Value,
  kernelName: 'kernel' | 'depthwise_kernel' | 'pointwise_kernel',
  config: Convolution,
  { biased }: { biased: boolean },
): string {
  const depthwise = kernelName === 'depthwise_kernel';
  const kernel = (depthwise ? depthwiseKernel : fullKernel)(weight(layer, kernelName));
  const inputs = [x.name, constant(graph, layer, kernelName, kernel)];
  const bias = biased ? optionalWeight(layer, 'bias') : undefined;
  if (bias !== undefined) {
    inputs.push(constant(graph, layer, 'bias', bias));
  }
  return graph.add('Conv', inputs, {
    ...windowAttributes(x.shape, kernel.shape.slice(2), config, config.dilationRate),
    dilations: config.dilationRate,
    group: depthwise ? (x.shape.at(-1) ?? 1) : 1,
  });
}

/** From height, width, inputs, outputs to outputs, inputs, height, width. */
function fullKernel(kernel: Tensor): Tensor {
  return transpose(kernel, [3, 2, 0, 1]);
}

/** From height, width, channels, multiplier to channels × multiplier, 1, height, width. */
function depthwiseKernel(kernel: Tensor): Tensor {
  const [height = 0, width = 0, channels = 0, multiplier = 0] = kernel.shape;
  return reshape(transpose(kernel, [2, 3, 0, 1]), [channels * multiplier, 1, height, width]);
}
