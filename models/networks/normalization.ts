import { div, type serialization, sub, type Tensor, tensor1d, tidy } from '@tensorflow/tfjs-core';
import { layers } from '@tensorflow/tfjs-layers';

export interface NormalizationArgs {
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

  constructor({ mean, deviation }: NormalizationArgs) {
    super({});
    this.mean = mean;
    this.deviation = deviation;
  }

  override call(inputs: Tensor | Tensor[]): Tensor {
    const [pixels] = Array.isArray(inputs) ? inputs : [inputs];
    if (pixels === undefined) {
      throw new TypeError('Expected a tensor for Normalization but received none.');
    }
    return tidy(() => div(sub(pixels, tensor1d([...this.mean])), this.deviation));
  }

  override getConfig(): serialization.ConfigDict {
    return { ...super.getConfig(), mean: [...this.mean], deviation: this.deviation };
  }
}
