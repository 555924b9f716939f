import type { LayersModel } from '@tensorflow/tfjs-layers';
import type { AttributeName } from '../attributes/list.ts';

/** How an age is told: a probability for each year from 0 to 100, or for each of the eight Adience groups. */
export type AgeOutput = 'years' | 'groups';

/** How many probabilities a network gives. */
const UNITS = { years: 101, groups: 8, gender: 2 } as const;

export interface BuildOptions {
  readonly task: AttributeName;
  /** `years` when left out. A gender is always two probabilities: male, female. */
  readonly output?: AgeOutput;
  /** Share of the units dropped in training, 0 to 1; the network's own when left out. */
  readonly dropout?: number;
  /** The same seed always gives the same weights and the same dropout masks. */
  readonly seed: number;
  /** Path of a layers model's `model.json` whose weights the network starts from (not `levi-hassner`). */
  readonly weights?: string;
  /** Starts from published, permissively licensed weights, not from the default network's. */
  readonly permissive?: boolean;
}

/**
 * A network to train. Its parts share their weights, so that training `trained` changes `whole`.
 *
 * The input `chips` is n × side × side × 3, RGB from 0 to 255; the output is n × 101 (years), n × 8 (groups) or
 * n × 2 (male, female) probabilities.
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

/** @returns how many probabilities there are for a task */
export function unitsOf({ task, output = 'years' }: Pick<BuildOptions, 'task' | 'output'>): number {
  return UNITS[task === 'gender' ? 'gender' : output];
}
