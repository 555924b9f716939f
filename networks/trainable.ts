import type { LayersModel } from '@tensorflow/tfjs-layers';

export interface BuildOptions {
  /** Name of the output. */
  readonly output: string;
  /** How many probabilities it has. */
  readonly units: number;
  /** Share of the units dropped in training, 0 to 1; the network's own when left out. */
  readonly dropout?: number;
  /** The same seed always gives the same weights and the same dropout masks. */
  readonly seed: number;
  /** Path of a layers model's `model.json` whose weights the network starts from (not `levi-hassner`). */
  readonly weights?: string;
  /** Starts from published, permissively licensed weights, not from the default model's. */
  readonly permissive?: boolean;
}

/**
 * A network to train. Its parts share their weights, so that training `trained` changes `whole`.
 *
 * The input `chips` is n × side × side × 3, RGB from 0 to 255; the output is n × units
 * probabilities.
 */
export interface Trainable {
  /** Frozen layers: from chips to n × features. Their results can be kept. Absent where all layers are trained. */
  readonly features?: LayersModel;
  /** What training changes: from chips, or from features where there are any, to probabilities. */
  readonly trained: LayersModel;
  /** Names of the layers of `trained` that come with weights; none when left out. */
  readonly pretrained?: ReadonlySet<string>;
  /** From chips to probabilities: what is saved, exported and served. */
  readonly whole: LayersModel;
}

export interface TrainableNetwork {
  /** Side of the chips that it takes, in pixels. */
  readonly side: number;
  /** Side of the square that a chip shows, in sizes of the face (`FaceFrame.size`). */
  readonly extent: number;
  /** @throws Error when weights that it starts from can't be read or don't fit */
  build(options: BuildOptions): Promise<Trainable>;
}
