import { dropout, serialization, type Tensor } from '@tensorflow/tfjs-core';
import { layers } from '@tensorflow/tfjs-layers';
import { single } from './single.ts';

let currentStep = 0;

/**
 * Sets which training step it is in all `SeededDropout` layers. A step's masks depend on the layer's seed and this
 * number alone, so that a training that is resumed goes on with the masks it would have had.
 */
export function setDropoutStep(step: number): void {
  currentStep = step;
}

export interface SeededDropoutArgs {
  readonly name?: string;
  /** Share of the values set to 0, from 0 to less than 1. */
  readonly rate: number;
  readonly seed: number;
}

/**
 * Dropout (Srivastava et al., "Dropout: A Simple Way to Prevent Neural Networks from Overfitting", JMLR 2014) whose
 * masks can be repeated (`setDropoutStep`). It acts in training only; what is kept is divided by 1 − rate.
 */
export class SeededDropout extends layers.Layer {
  static readonly className = 'SeededDropout';
  readonly rate: number;
  readonly seed: number;

  constructor({ rate, seed, ...args }: SeededDropoutArgs) {
    super(args);
    if (!(rate >= 0 && rate < 1)) {
      throw new RangeError(`Expected a dropout rate from 0 to less than 1 but received ${rate}.`);
    }
    this.rate = rate;
    this.seed = seed;
  }

  override call(inputs: Tensor | Tensor[], { training }: { training?: unknown }): Tensor {
    const x = single(inputs);
    if (training !== true || this.rate === 0) return x.clone();
    return dropout(x, this.rate, undefined, `${this.seed}/${currentStep}`);
  }

  override getConfig(): serialization.ConfigDict {
    return { ...super.getConfig(), rate: this.rate, seed: this.seed };
  }
}

serialization.registerClass(SeededDropout);
