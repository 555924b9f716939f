import {
  initializers,
  input,
  type LayersModel,
  layers,
  model,
  type SymbolicTensor,
} from '@tensorflow/tfjs-layers';
import { SeededDropout } from './dropout.ts';
import { apply, batchNormalize } from './layers.ts';
import { seedsFrom } from './seeds.ts';
import type { BuildOptions } from './trainable.ts';

const HIDDEN = 512;
/** For the hidden layer; the features get half of it, as the frozen layers may have seen the very faces before. */
const DROPOUT = 0.6;

/** A small network that learns on top of frozen layers. */
export function head(frozen: LayersModel, options: BuildOptions): LayersModel {
  const seeds = seedsFrom(options.seed);
  const features = input({ shape: frozen.outputs[0]?.shape.slice(1) ?? [], name: 'features' });
  const normal = () => initializers.heNormal({ seed: seeds() });
  const rate = options.dropout ?? DROPOUT;
  const dropout = (name: string, share: number, x: SymbolicTensor) =>
    apply(new SeededDropout({ name, rate: share, seed: seeds() }), x);
  // Features are of different size, and some next to constant. A small set has few batches.
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

/** From chips to what the head says of their features. */
export function onFeatures(name: string, features: LayersModel, trained: LayersModel): LayersModel {
  const chips = input({ shape: features.inputs[0]?.shape.slice(1) ?? [], name: 'chips' });
  return model({ name, inputs: chips, outputs: apply(trained, apply(features, chips)) });
}
