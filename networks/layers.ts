import { dispose } from '@tensorflow/tfjs-core';
import { input, type LayersModel, layers, type SymbolicTensor } from '@tensorflow/tfjs-layers';
import { Normalization } from './normalization.ts';

/** Side of the square chips that face-api's networks take, in pixels. */
const CHIP_SIDE = 112;
/** Mean red, green and blue of ImageNet, nearly; face-api's networks were trained with them, on a scale of 0 to 255. */
const MEAN_RGB = [122.782, 117.001, 104.298];

/** A layer as a function of the tensors that enter it. */
export function apply(layer: layers.Layer, ...inputs: SymbolicTensor[]): SymbolicTensor {
  return layer.apply(inputs.length === 1 ? inputs.slice(0, 1) : inputs) as SymbolicTensor;
}

/** Chips of raw RGB, 0 to 255, and the same less the mean and divided. */
export function chipInput(
  side = CHIP_SIDE,
  deviation = 255,
): { chips: SymbolicTensor; normalized: SymbolicTensor } {
  const chips = input({ shape: [side, side, 3], name: 'chips' });
  return { chips, normalized: apply(new Normalization({ mean: MEAN_RGB, deviation }), chips) };
}

export function relu(x: SymbolicTensor): SymbolicTensor {
  return apply(layers.reLU(), x);
}

export function add(...terms: SymbolicTensor[]): SymbolicTensor {
  return apply(layers.add(), ...terms);
}

export function conv(
  name: string,
  filters: number,
  kernelSize: number,
  strides: number,
  x: SymbolicTensor,
): SymbolicTensor {
  return apply(layers.conv2d({ name, filters, kernelSize, strides, padding: 'same' }), x);
}

/** 3×3 depthwise convolution, then 1×1 across the channels. */
export function separableConv(
  name: string,
  filters: number,
  strides: number,
  x: SymbolicTensor,
): SymbolicTensor {
  return apply(layers.separableConv2d({ name, filters, kernelSize: 3, strides, padding: 'same' }), x);
}

/** Frees the weights of a network that another one, made of parts of it, has no use for. */
export function disposeLeftOver(of: LayersModel, kept: LayersModel): void {
  const used = new Set(kept.weights);
  dispose(of.weights.filter((weight) => !used.has(weight)).map((weight) => weight.read()));
}

/**
 * Batch normalisation (Ioffe and Szegedy, ICML 2015), always with factor and offset: TensorFlow.js can't train one
 * that is without either.
 * @param momentum how slowly the means and deviations that count when it serves follow those of the batches
 */
export function batchNormalize(name: string, x: SymbolicTensor, momentum = 0.99): SymbolicTensor {
  return apply(layers.batchNormalization({ name, momentum }), x);
}

/** The 7×7 map that four halvings leave of a chip, averaged: one number per channel. */
export function pool(x: SymbolicTensor): SymbolicTensor {
  return apply(layers.globalAveragePooling2d({ name: 'pool' }), x);
}
