import { localResponseNormalization, serialization, type Tensor, type Tensor4D } from '@tensorflow/tfjs-core';
import { layers } from '@tensorflow/tfjs-layers';
import { single } from './single.ts';

export interface ResponseNormalizationArgs {
  readonly name?: string;
  /** How many channels on each side of a channel count as its neighbours. */
  readonly depthRadius: number;
  readonly bias: number;
  readonly alpha: number;
  readonly beta: number;
}

/**
 * Local response normalisation (Krizhevsky et al., "ImageNet Classification with Deep Convolutional Neural
 * Networks", 2012, section 3.3): x ÷ (bias + alpha · Σ x² over the neighbouring channels)^beta.
 */
export class ResponseNormalization extends layers.Layer {
  static readonly className = 'ResponseNormalization';
  readonly depthRadius: number;
  readonly bias: number;
  readonly alpha: number;
  readonly beta: number;

  constructor({ depthRadius, bias, alpha, beta, ...args }: ResponseNormalizationArgs) {
    super(args);
    this.depthRadius = depthRadius;
    this.bias = bias;
    this.alpha = alpha;
    this.beta = beta;
  }

  override call(inputs: Tensor | Tensor[]): Tensor {
    const maps = single(inputs) as Tensor4D;
    return localResponseNormalization(maps, this.depthRadius, this.bias, this.alpha, this.beta);
  }

  override getConfig(): serialization.ConfigDict {
    const { depthRadius, bias, alpha, beta } = this;
    return { ...super.getConfig(), depthRadius, bias, alpha, beta };
  }
}

serialization.registerClass(ResponseNormalization);
