import { initializers, input, layers, model, type SymbolicTensor } from '@tensorflow/tfjs-layers';
import { SeededDropout } from './dropout.ts';
import { loadKerasInception } from './keras-inception.ts';
import { apply, batchNormalize, relu } from './layers.ts';
import { Normalization } from './normalization.ts';
import { type Seeds, seedsFrom } from './seeds.ts';
import type { TrainableNetwork } from './trainable.ts';

const SIDE = 299;
const DROPOUT = 0.5;

/** Makes convolution after convolution, each with batch normalisation and ReLU, numbered in the order they are made. */
type Conv = (
  filters: number,
  kernel: number | [number, number],
  x: SymbolicTensor,
  options?: { strides?: number; padding?: 'same' | 'valid' },
) => SymbolicTensor;

/** Convolutions one after another. */
type Chain = readonly (readonly [filters: number, kernel: number | [number, number]])[];

/**
 * Inception v3 (Szegedy et al., "Rethinking the Inception Architecture for Computer Vision", CVPR 2016) as Keras
 * defines it, with a fresh output layer: 22 million weights. Pixels are scaled to −1 to 1.
 */
export const inceptionV3: TrainableNetwork = {
  side: SIDE,
  extent: 1.6,
  build: async (options) => {
    const seeds = seedsFrom(options.seed);
    const chips = input({ shape: [SIDE, SIDE, 3], name: 'chips' });
    const scaled = apply(new Normalization({ mean: [127.5, 127.5, 127.5], deviation: 127.5 }), chips);
    const features = apply(
      layers.globalAveragePooling2d({ name: 'pool' }),
      body(convolutions(seeds), scaled),
    );
    const rate = options.dropout ?? DROPOUT;
    const dropout = new SeededDropout({ name: 'dropout', rate, seed: seeds() });
    const output = layers.dense({
      name: options.output,
      units: options.units,
      activation: 'softmax',
      kernelInitializer: initializers.truncatedNormal({ stddev: 0.01, seed: seeds() }),
    });
    const outputs = apply(output, apply(dropout, features));
    const whole = model({ name: 'inception-v3', inputs: chips, outputs });
    if (options.weights !== undefined) await loadKerasInception(whole, options.weights);
    return { trained: whole, whole };
  },
};

function convolutions(seeds: Seeds): Conv {
  let made = 0;
  return (filters, kernelSize, x, { strides = 1, padding = 'same' } = {}) => {
    made += 1;
    const conv = layers.conv2d({
      name: `conv_${made}`,
      filters,
      kernelSize,
      strides,
      padding,
      useBias: false,
      kernelInitializer: initializers.glorotUniform({ seed: seeds() }),
    });
    return relu(batchNormalize(`norm_${made}`, apply(conv, x)));
  };
}

/** @returns n × 8 × 8 × 2048 */
function body(conv: Conv, scaled: SymbolicTensor): SymbolicTensor {
  const chain = (links: Chain, x: SymbolicTensor) =>
    links.reduce((y, [filters, kernel]) => conv(filters, kernel, y), x);
  /** Chains side by side, and one behind an average of the neighbourhood. */
  const block = (x: SymbolicTensor, chains: readonly Chain[], pooled: number) => {
    const branches = chains.map((links) => chain(links, x));
    return concatenate(...branches, conv(pooled, 1, average(x)));
  };
  const halving = { strides: 2, padding: 'valid' } as const;

  let x = conv(32, 3, scaled, halving);
  x = conv(64, 3, conv(32, 3, x, { padding: 'valid' }));
  x = conv(80, 1, halve(x));
  x = halve(conv(192, 3, x, { padding: 'valid' }));

  for (const pooled of [32, 64, 64]) {
    const fives: Chain = [
      [48, 1],
      [64, 5],
    ];
    const threes: Chain = [
      [64, 1],
      [96, 3],
      [96, 3],
    ];
    x = block(x, [[[64, 1]], fives, threes], pooled);
  }

  const three = conv(384, 3, x, halving);
  x = concatenate(
    three,
    conv(
      96,
      3,
      chain(
        [
          [64, 1],
          [96, 3],
        ],
        x,
      ),
      halving,
    ),
    halve(x),
  );

  for (const n of [128, 160, 160, 192]) {
    const sevens: Chain = [
      [n, 1],
      [n, [1, 7]],
      [192, [7, 1]],
    ];
    const twice: Chain = [
      [n, 1],
      [n, [7, 1]],
      [n, [1, 7]],
      [n, [7, 1]],
      [192, [1, 7]],
    ];
    x = block(x, [[[192, 1]], sevens, twice], 192);
  }

  const last = conv(320, 3, conv(192, 1, x), halving);
  const sevens: Chain = [
    [192, 1],
    [192, [1, 7]],
    [192, [7, 1]],
  ];
  x = concatenate(last, conv(192, 3, chain(sevens, x), halving), halve(x));

  for (const _ of [9, 10]) {
    const one = conv(320, 1, x);
    const threes = split(conv, conv(384, 1, x));
    const twice = split(
      conv,
      chain(
        [
          [448, 1],
          [384, 3],
        ],
        x,
      ),
    );
    x = concatenate(one, threes, twice, conv(192, 1, average(x)));
  }
  return x;
}

/** A row and a column side by side instead of a square. */
function split(conv: Conv, x: SymbolicTensor): SymbolicTensor {
  return concatenate(conv(384, [1, 3], x), conv(384, [3, 1], x));
}

function halve(x: SymbolicTensor): SymbolicTensor {
  return apply(layers.maxPooling2d({ poolSize: 3, strides: 2 }), x);
}

function average(x: SymbolicTensor): SymbolicTensor {
  return apply(layers.averagePooling2d({ poolSize: 3, strides: 1, padding: 'same' }), x);
}

function concatenate(...maps: SymbolicTensor[]): SymbolicTensor {
  return apply(layers.concatenate(), ...maps);
}
