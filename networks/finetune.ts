import { layers, model } from '@tensorflow/tfjs-layers';
import { SeededDropout } from './dropout.ts';
import { apply, disposeLeftOver } from './layers.ts';
import { mobileNet } from './pretrained.ts';
import { seedsFrom } from './seeds.ts';
import type { TrainableNetwork } from './trainable.ts';
import { takeWeights } from './weights.ts';

/** Less than faceres was made for: what a face shows at this side serves, at half of the cost. */
const SIDE = 160;
/** Pairs of convolutions, from the photo on, that stay as they are: edges and textures are the same in all faces. */
const FROZEN = 4;
const DROPOUT = 0.3;

/**
 * A MobileNet that knows faces and a fresh output layer, trained except for its first layers: 3.3 million weights in
 * separable convolutions.
 *
 * It has no batch normalisation left, so a batch may be small and training and serving calculate the same. What keeps
 * its activations in bounds are the pretrained weights and ReLU6: train it with a small learning rate.
 */
export const finetune: TrainableNetwork = {
  side: SIDE,
  extent: 1.6,
  build: async (options) => {
    const seeds = seedsFrom(options.seed);
    const pretrained = await mobileNet(SIDE, options);
    const rate = options.dropout ?? DROPOUT;
    const dropout = new SeededDropout({ name: 'dropout', rate, seed: seeds() });
    const output = layers.dense({
      name: options.output,
      units: options.units,
      activation: 'softmax',
      // From zero: what it does not know yet it doesn't teach the layers before it.
      kernelInitializer: 'zeros',
    });
    const features = pretrained.getLayer('faceres/pool').output;
    if (Array.isArray(features)) throw new Error('Expected one pooled map of faceres but received several.');
    const outputs = apply(output, apply(dropout, features));
    const whole = model({ name: 'finetune', inputs: pretrained.inputs, outputs });
    const pretrainedLayers = whole.layers.filter((layer) => layer !== output);
    const lastFrozen = whole.layers.findIndex(({ name }) => name === `faceres/conv_pw_${FROZEN}`);
    for (const layer of whole.layers.slice(0, lastFrozen + 1)) layer.trainable = false;
    disposeLeftOver(pretrained, whole);
    if (options.weights !== undefined) await takeWeights(whole, options.weights);
    return { trained: whole, whole, pretrained: new Set(pretrainedLayers.map(({ name }) => name)) };
  },
};
