import type { LayersModel } from '@tensorflow/tfjs-layers';
import { loadNetwork } from '../../networks/saved.ts';
import type { ChipNetwork } from '../../vision/engine.ts';
import { feedChips } from './chips.ts';
import { type FaceApi, loadFaceApi } from './face-api.ts';

/** A network with one input, chips, as a TensorFlow.js layers model. */
export class LayersNetwork implements ChipNetwork {
  static readonly files = ['model.json', 'weights.bin'] as const;
  readonly #network: LayersModel;
  readonly #loaded: FaceApi;
  readonly #side: number;
  /** Names of what is asked of the network, and where each is among what it gives. */
  readonly #outputs: readonly (readonly [name: string, place: number])[];

  private constructor(network: LayersModel, loaded: FaceApi, side: number, outputs: readonly string[]) {
    this.#network = network;
    this.#loaded = loaded;
    this.#side = side;
    this.#outputs = outputs.map((name) => [name, placeOf(network, name)]);
  }

  static async open(folder: string, side: number, outputs: readonly string[]): Promise<LayersNetwork> {
    const loaded = await loadFaceApi();
    return new LayersNetwork(await loadNetwork(folder), loaded, side, outputs);
  }

  run(chips: Uint8Array): Promise<Readonly<Record<string, Float32Array>>[]> {
    const { tf } = this.#loaded;
    return feedChips(this.#loaded, chips, this.#side, async (tensors) => {
      const outputs = tf.tidy(() => [this.#network.predict(tf.cast(tf.stack(tensors), 'float32'))].flat());
      try {
        const values = await Promise.all(outputs.map((output) => output.data<'float32'>()));
        return tensors.map((_, index) => this.#pickChip(values, index, tensors.length));
      } finally {
        tf.dispose(outputs);
      }
    });
  }

  /** What of all outputs belongs to one of `count` chips. */
  #pickChip(values: readonly Float32Array[], index: number, count: number): Record<string, Float32Array> {
    const own = this.#outputs.map(([name, place]) => {
      const all = values[place] ?? new Float32Array();
      const length = all.length / count;
      return [name, all.slice(index * length, (index + 1) * length)];
    });
    return Object.fromEntries(own);
  }
}

/** Outputs are called like the layers that give them, the last part of whose names counts. */
function placeOf({ outputNames }: LayersModel, name: string): number {
  const place = outputNames.findIndex((output) => output.split('/').at(-1) === name);
  if (place >= 0) return place;
  throw new Error(
    `Expected a network with an output ${name} but received one with ${outputNames.join(', ')}.`,
  );
}
