import type { LayersModel } from '@tensorflow/tfjs-layers';
import { loadNetwork } from '../../networks/saved.ts';
import type { ChipNetwork } from '../../vision/engine.ts';
import { feedChips } from './chips.ts';
import { type FaceApi, loadFaceApi } from './face-api.ts';

/**
 * A network that the project trained, as a TensorFlow.js layers model: one input, chips, and an output for each
 * task, probabilities.
 */
export class TrainedNetwork<Task extends string> implements ChipNetwork<Task> {
  static readonly files = ['model.json', 'weights.bin'] as const;
  readonly #network: LayersModel;
  readonly #loaded: FaceApi;
  readonly #side: number;
  readonly #tasks: readonly Task[];

  private constructor(network: LayersModel, loaded: FaceApi, side: number, tasks: readonly Task[]) {
    this.#network = network;
    this.#loaded = loaded;
    this.#side = side;
    this.#tasks = tasks;
  }

  static async open<Task extends string>(
    folder: string,
    side: number,
    tasks: readonly Task[],
  ): Promise<TrainedNetwork<Task>> {
    const loaded = await loadFaceApi();
    return new TrainedNetwork(await loadNetwork(folder), loaded, side, tasks);
  }

  estimate(chips: Uint8Array): Promise<Record<Task, Float32Array>[]> {
    const { tf } = this.#loaded;
    return feedChips(this.#loaded, chips, this.#side, async (tensors) => {
      const outputs = tf.tidy(() => [this.#network.predict(tf.cast(tf.stack(tensors), 'float32'))].flat());
      try {
        const values = await Promise.all(outputs.map((output) => output.data<'float32'>()));
        return tensors.map((_, index) => this.#answer(values, index, tensors.length));
      } finally {
        tf.dispose(outputs);
      }
    });
  }

  /** What of all outputs belongs to one of `count` chips. */
  #answer(outputs: readonly Float32Array[], index: number, count: number): Record<Task, Float32Array> {
    const own = this.#tasks.map((task, output) => {
      const values = outputs[output] ?? new Float32Array();
      const length = values.length / count;
      return [task, values.slice(index * length, (index + 1) * length)];
    });
    return Object.fromEntries(own);
  }
}
