import { pad, serialization, type Tensor } from '@tensorflow/tfjs-core';
import { layers, type Shape } from '@tensorflow/tfjs-layers';
import { single } from './single.ts';

export interface ChannelPaddingArgs {
  readonly name?: string;
  /** How many channels of zeros come behind those that there are. */
  readonly channels: number;
}

/** Appends channels of zeros, so that a map can be added to one with more channels. */
export class ChannelPadding extends layers.Layer {
  static readonly className = 'ChannelPadding';
  readonly channels: number;

  constructor({ channels, ...args }: ChannelPaddingArgs) {
    super(args);
    this.channels = channels;
  }

  override computeOutputShape(shape: Shape): Shape {
    return [...shape.slice(0, -1), (shape.at(-1) ?? 0) + this.channels];
  }

  override call(inputs: Tensor | Tensor[]): Tensor {
    const maps = single(inputs);
    return pad(
      maps,
      maps.shape.map((_, axis) => [0, axis === maps.shape.length - 1 ? this.channels : 0]),
    );
  }

  override getConfig(): serialization.ConfigDict {
    return { ...super.getConfig(), channels: this.channels };
  }
}

serialization.registerClass(ChannelPadding);
