import { input, type LayersModel, layers, model } from '@tensorflow/tfjs-layers';
import { head, onFeatures } from './head.ts';
import { apply, disposeLeftOver } from './layers.ts';
import { fillHead, mobileNet, tinyXception } from './pretrained.ts';
import type { BuildOptions, TrainableNetwork } from './trainable.ts';

/** Less than faceres was made for: what a face shows at this side serves, at half of the cost. */
const SIDE = 160;
const EXTENT = 1.6;
/** What AgeGenderNet takes of it: the middle. */
const INNER_SIDE = 112;

/**
 * What two networks see in a face, kept as it is, and a small network on top that learns: from that of the default
 * model's version 3 on, so that a few faces do not have to teach it what it could know.
 *
 * Age is learnt as a distribution over years (Geng et al., "Facial Age Estimation by Learning from Label
 * Distributions", 2013): the head's output, like that of all networks here, is softmax.
 */
export const transfer: TrainableNetwork = {
  side: SIDE,
  extent: EXTENT,
  build: async (options) => {
    const features = await frozenFeatures(options);
    const trained = head(features, options);
    const pretrained = await fillHead(trained, options);
    return { features, trained, pretrained, whole: onFeatures('transfer', features, trained) };
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
