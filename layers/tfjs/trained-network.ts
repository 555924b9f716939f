import type { LayersModel } from '@tensorflow/tfjs-layers';
import { loadNetwork } from '../../models/networks/saved.ts';
import type { ChipNetwork } from '../../vision/engine.ts';
import { feedChips } from './chips.ts';
import { type FaceApi, loadFaceApi } from './face-api.ts';

/** A network that the project trained, as a TensorFlow.js layers model: one input, chips, and one output, probabilities. */
export class TrainedNetwork implements ChipNetwork {
  static readonly files = ['model.json', 'weights.bin'] as const;
  readonly #network: LayersModel;
  readonly #loaded: FaceApi;
  readonly #side: number;

  private constructor(network: LayersModel, loaded: FaceApi, side: number) {
    this.#network = network;
    this.#loaded = loaded;
    this.#side = side;
  }

  static async open(folder: string, side: number): Promise<TrainedNetwork> {
    const loaded = await loadFaceApi();
    return new TrainedNetwork(await loadNetwork(folder), loaded, side);
  }

  estimate(chips: Uint8Array): Promise<Float32Array[]> {
    const { tf } = this.#loaded;
    return feedChips(this.#loaded, chips, this.#side, async (tensors) => {
      const output = tf.tidy(() => {
        const result = this.#network.predict(tf.cast(tf.stack(tensors), 'float32'));
        if (Array.isArray(result)) throw new Error(`Expected one output but received ${result.length}.`);
        return result;
      });
      try {
        const values = Float32Array.from(await output.data());
        const length = values.length / tensors.length;
        return tensors.map((_, index) => values.slice(index * length, (index + 1) * length));
      } finally {
        output.dispose();
      }
    });
  }
}
