import { initializers, layers, model } from '@tensorflow/tfjs-layers';
import { CHIP_SIDE } from '../../vision/engine.ts';
import { ageGenderNet } from './age-gender-net.ts';
import { SeededDropout } from './dropout.ts';
import { loadFaceApiWeights } from './face-api-weights.ts';
import { apply, disposeLeftOver } from './layers.ts';
import { seedsFrom } from './seeds.ts';
import { type TrainableNetwork, unitsOf } from './trainable.ts';

const DROPOUT = 0.3;

/**
 * AgeGenderNet with its weights and a fresh output layer, all of it trained: 0.4 million weights in separable
 * convolutions.
 *
 * It has no batch normalisation, so a batch may be small and training and serving calculate the same. What keeps its
 * activations in bounds are the pretrained weights, the normalised input (RGB less its mean, over 255) and the
 * shortcuts around its blocks: train it with a small learning rate.
 */
export const finetune: TrainableNetwork = {
  side: CHIP_SIDE,
  extent: 1.2,
  build: async (options) => {
    const seeds = seedsFrom(options.seed);
    const pretrained = ageGenderNet();
    await loadFaceApiWeights(pretrained, 'age_gender_model');
    const rate = options.dropout ?? DROPOUT;
    const dropout = new SeededDropout({ name: 'dropout', rate, seed: seeds() });
    const output = layers.dense({
      name: options.task,
      units: unitsOf(options),
      activation: 'softmax',
      kernelInitializer: initializers.glorotUniform({ seed: seeds() }),
    });
    const features = pretrained.getLayer('pool').output;
    if (Array.isArray(features))
      throw new Error('Expected one pooled map of AgeGenderNet but received several.');
    const outputs = apply(output, apply(dropout, features));
    const whole = model({ name: 'finetune', inputs: pretrained.inputs, outputs });
    disposeLeftOver(pretrained, whole);
    return { trained: whole, whole };
  },
};
