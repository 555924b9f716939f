import { initializers, layers, model, type SymbolicTensor } from '@tensorflow/tfjs-layers';
import { SeededDropout } from './dropout.ts';
import { apply, batchNormalize, chipInput, relu } from './layers.ts';
import { ResponseNormalization } from './response-normalization.ts';
import { seedsFrom } from './seeds.ts';
import type { BuildOptions, Trainable, TrainableNetwork } from './trainable.ts';

const SIDE = 227;
const DROPOUT = 0.5;
/** Filters, side of the kernel, stride, padding and first bias of each convolution. */
const CONVOLUTIONS = [
  { filters: 96, kernelSize: 7, strides: 4, padding: 'valid', bias: 0 },
  { filters: 256, kernelSize: 5, strides: 1, padding: 'same', bias: 1 },
  { filters: 384, kernelSize: 3, strides: 1, padding: 'same', bias: 0 },
] as const;

/**
 * The network of Levi and Hassner, "Age and Gender Classification Using Convolutional Neural Networks", CVPR
 * workshops 2015: three convolutions and two fully connected layers of 512.
 *
 * Like the authors' own in Caffe it takes RGB less the mean, not divided: of an input with a deviation of 1 its small
 * first weights would let next to nothing through. Poolings drop an incomplete last window, and the normalisation's
 * alpha is not divided by the window's size, as in ports of it to TensorFlow.
 */
export const leviHassner: TrainableNetwork = {
  side: SIDE,
  extent: 1.6,
  build: (options) => build('levi-hassner', options, responseNormalized),
};

/** The same with batch normalisation in place of local response normalisation. */
export const leviHassnerBn: TrainableNetwork = {
  ...leviHassner,
  build: (options) => build('levi-hassner-bn', options, batchNormalized),
};

/** From a convolution's input to what the next one takes. */
type Stage = (convolution: Convolution, x: SymbolicTensor) => SymbolicTensor;
type Convolution = Parameters<typeof layers.conv2d>[0] & { readonly name: string };

/** The third is followed by no normalisation. */
const responseNormalized: Stage = (convolution, x) => {
  const pooled = pool(relu(apply(layers.conv2d(convolution), x)));
  if (convolution.name === 'conv3') return pooled;
  const normalization = { depthRadius: 5, bias: 1, alpha: 1e-4, beta: 0.75 };
  return apply(new ResponseNormalization({ name: `${convolution.name}/norm`, ...normalization }), pooled);
};

/** The normalisation's own offset makes the convolution's superfluous. */
const batchNormalized: Stage = (convolution, x) => {
  const convolved = apply(layers.conv2d({ ...convolution, useBias: false }), x);
  return pool(relu(batchNormalize(`${convolution.name}/norm`, convolved)));
};

function pool(x: SymbolicTensor): SymbolicTensor {
  return apply(layers.maxPooling2d({ poolSize: 3, strides: 2, padding: 'valid' }), x);
}

/** @throws Error when there are weights to start from: it always starts at random */
async function build(name: string, options: BuildOptions, stage: Stage): Promise<Trainable> {
  if (options.weights !== undefined) {
    throw new Error(
      `Expected no weights to start from, as ${name} starts at random, but received ${options.weights}.`,
    );
  }
  const seeds = seedsFrom(options.seed);
  const normal = (stddev: number) => initializers.randomNormal({ stddev, seed: seeds() });
  const { chips, normalized } = chipInput(SIDE, 1);
  let x = normalized;
  for (const [index, { bias, ...window }] of CONVOLUTIONS.entries()) {
    const weights = {
      kernelInitializer: normal(0.01),
      biasInitializer: initializers.constant({ value: bias }),
    };
    x = stage({ name: `conv${index + 1}`, ...window, ...weights }, x);
  }
  x = apply(layers.flatten(), x);
  const rate = options.dropout ?? DROPOUT;
  for (const layer of ['full1', 'full2']) {
    const dense = layers.dense({
      name: layer,
      units: 512,
      activation: 'relu',
      kernelInitializer: normal(0.005),
      biasInitializer: 'ones',
    });
    x = apply(new SeededDropout({ name: `${layer}/dropout`, rate, seed: seeds() }), apply(dense, x));
  }
  const output = layers.dense({
    name: options.output,
    units: options.units,
    activation: 'softmax',
    kernelInitializer: normal(0.01),
  });
  const whole = model({ name, inputs: chips, outputs: apply(output, x) });
  return { trained: whole, whole };
}
