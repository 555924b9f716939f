import { image, serialization, type Tensor, type Tensor4D } from '@tensorflow/tfjs-core';
import { layers, type Shape } from '@tensorflow/tfjs-layers';
import { single } from './single.ts';

export interface ResizeArgs {
  readonly name?: string;
  /** Height and width of the result, in pixels. */
  readonly side: number;
}

/**
 * Bilinear interpolation to a square. Half-pixel centres: the edges of the map stay where they are. (TensorFlow.js'
 * own layer for it puts the size in the place of the batch.)
 */
export class Resize extends layers.Layer {
  static readonly className = 'Resize';
  readonly side: number;

  constructor({ side, ...args }: ResizeArgs) {
    super(args);
    this.side = side;
  }

  override call(inputs: Tensor | Tensor[]): Tensor {
    return image.resizeBilinear(single(inputs) as Tensor4D, [this.side, this.side], false, true);
  }

  override computeOutputShape([batch = null, , , channels = null]: Shape): Shape {
    return [batch, this.side, this.side, channels];
  }

  override getConfig(): serialization.ConfigDict {
    return { ...super.getConfig(), side: this.side };
  }
}

serialization.registerClass(Resize);
