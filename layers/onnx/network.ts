import path from 'node:path';
import type { ChipNetwork } from '../../vision/engine.ts';
import type { InferenceSession } from './runtime.ts';
import { openSession, runChips } from './session.ts';

const FILE = 'model.onnx';

/** A network with one input, chips. */
export class OnnxNetwork implements ChipNetwork {
  static readonly files = [FILE] as const;
  readonly #session: InferenceSession;
  readonly #side: number;
  readonly #outputs: readonly string[];

  private constructor(session: InferenceSession, side: number, outputs: readonly string[]) {
    this.#session = session;
    this.#side = side;
    this.#outputs = outputs;
  }

  static async open(folder: string, side: number, outputs: readonly string[]): Promise<OnnxNetwork> {
    return new OnnxNetwork(await openSession(path.join(folder, FILE)), side, outputs);
  }

  run(chips: Uint8Array): Promise<Readonly<Record<string, Float32Array>>[]> {
    return runChips(this.#session, chips, this.#side, this.#outputs);
  }
}
