import path from 'node:path';
import type { InferenceSession } from 'onnxruntime-node';
import type { ChipNetwork } from '../../vision/engine.ts';
import { openSession, runChips } from './session.ts';

/** The file of a trained network. */
const FILE = 'model.onnx';

/** A network that the project trained: one input, chips, and one output, probabilities. */
export class TrainedNetwork implements ChipNetwork {
  static readonly files = [FILE] as const;
  readonly #session: InferenceSession;
  readonly #side: number;

  private constructor(session: InferenceSession, side: number) {
    this.#session = session;
    this.#side = side;
  }

  static async open(folder: string, side: number): Promise<TrainedNetwork> {
    return new TrainedNetwork(await openSession(path.join(folder, FILE)), side);
  }

  estimate(chips: Uint8Array): Promise<Float32Array[]> {
    const [output = ''] = this.#session.outputNames;
    return runChips(this.#session, chips, this.#side, [output], (values) =>
      Float32Array.from(values[output] ?? []),
    );
  }
}
