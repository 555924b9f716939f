import { div, serialization, sub, type Tensor, tensor1d, tidy } from '@tensorflow/tfjs-core';
import { layers } from '@tensorflow/tfjs-layers';
import { single } from './single.ts';

export interface NormalizationArgs {
  readonly name?: string;
  /** Subtracted from each channel; one number per channel. */
  readonly mean: readonly number[];
  /** What the difference is divided by. */
  readonly deviation: number;
}

/** Turns raw pixels into what a network was trained on: (x − mean) ÷ deviation. */
export class Normalization extends layers.Layer {
  static readonly className = 'Normalization';
  readonly mean: readonly number[];
  readonly deviation: number;

  constructor({ mean, deviation, ...args }: NormalizationArgs) {
    super(args);
    this.mean = mean;
    this.deviation = deviation;
  }

  override call(inputs: Tensor | Tensor[]): Tensor {
    return tidy(() => div(sub(single(inputs), tensor1d([...this.mean])), this.deviation));
  }

  override getConfig(): serialization.ConfigDict {
    return { ...super.getConfig(), mean: [...this.mean], deviation: this.deviation };
  }
}

serialization.registerClass(Normalization);
