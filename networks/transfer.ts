import {
  initializers,
  input,
  type LayersModel,
  layers,
  model,
  type SymbolicTensor,
} from '@tensorflow/tfjs-layers';
import { SeededDropout } from './dropout.ts';
import { apply, batchNormalize, disposeLeftOver } from './layers.ts';
import { fillHead, mobileNet, tinyXception } from './pretrained.ts';
import { seedsFrom } from './seeds.ts';
import type { BuildOptions, TrainableNetwork } from './trainable.ts';

/** Less than faceres was made for: what a face shows at this side serves, at half of the cost. */
const SIDE = 160;
const EXTENT = 1.6;
/** What AgeGenderNet takes of it: the middle. */
const INNER_SIDE = 112;
const HIDDEN = 512;
/** For the hidden layer; the features get half of it, as the networks may have seen the very faces before. */
const DROPOUT = 0.6;

/**
 * What two networks see in a face, kept as it is, and a small network on top that learns: from the default network's
 * own on, so that a few faces do not have to teach it what it could know.
 *
 * Age is learnt as a distribution over years (Geng et al., "Facial Age Estimation by Learning from Label
 * Distributions", 2013): the head's output, like that of all networks here, is softmax.
 */
export const transfer: TrainableNetwork = {
  side: SIDE,
  extent: EXTENT,
  build: async (options) => {
    const features = await frozenFeatures(options);
    const trained = head(features.outputs[0]?.shape.at(-1) ?? 0, options);
    const pretrained = await fillHead(trained, options);
    const chips = input({ shape: [SIDE, SIDE, 3], name: 'chips' });
    const outputs = apply(trained, apply(features, chips));
    return { features, trained, pretrained, whole: model({ name: 'transfer', inputs: chips, outputs }) };
  },
};

/** From chips to n × 1,536. */
async function frozenFeatures(options: BuildOptions): Promise<LayersModel> {
  const small = await tinyXception(options);
  const large = await mobileNet(SIDE, options);
  const chips = input({ shape: [SIDE, SIDE, 3], name: 'chips' });
  // It wants little around the face: 1.1 times its size.
  const inner = apply(layers.cropping2D({ cropping: (SIDE - INNER_SIDE) / 2 }), chips);
  const branches = [apply(upTo(small, 'pool'), inner), apply(upTo(large, 'faceres/pool'), chips)];
  const features = model({
    name: 'features',
    inputs: chips,
    outputs: apply(layers.concatenate(), ...branches),
  });
  for (const network of [small, large]) disposeLeftOver(network, features);
  features.trainable = false;
  return features;
}

/** The part of a network that ends with a layer. */
function upTo(network: LayersModel, name: string): LayersModel {
  const { output } = network.getLayer(name);
  return model({ name: `${network.name}-features`, inputs: network.inputs, outputs: output });
}

function head(width: number, options: BuildOptions): LayersModel {
  const seeds = seedsFrom(options.seed);
  const features = input({ shape: [width], name: 'features' });
  const normal = () => initializers.heNormal({ seed: seeds() });
  const rate = options.dropout ?? DROPOUT;
  const dropout = (name: string, share: number, x: SymbolicTensor) =>
    apply(new SeededDropout({ name, rate: share, seed: seeds() }), x);
  // The features of the two networks are of different size, and some next to constant. A small set has few batches.
  const scaled = dropout('features/dropout', rate / 2, batchNormalize('norm', features, 0.9));
  const hidden = layers.dense({
    name: 'hidden',
    units: HIDDEN,
    activation: 'relu',
    kernelInitializer: normal(),
  });
  const output = layers.dense({
    name: options.output,
    units: options.units,
    activation: 'softmax',
    kernelInitializer: initializers.glorotUniform({ seed: seeds() }),
  });
  const outputs = apply(output, dropout('hidden/dropout', rate, apply(hidden, scaled)));
  return model({ name: `${options.output}-head`, inputs: features, outputs });
}
