import { existsSync } from 'node:fs';
import path from 'node:path';
import type { ChipNetwork } from '../../vision/engine.ts';
import type { InferenceSession } from './runtime.ts';
import { openSession, pickChip, run, runChips } from './session.ts';
import { Trunk } from './trunk.ts';

const FILE = 'model.onnx';
const TRUNK = 'trunk.onnx';

/** A network with one input: chips, or what a trunk beside it sees in them. */
export class OnnxNetwork implements ChipNetwork {
  static readonly files = [FILE] as const;
  readonly #session: InferenceSession;
  readonly #trunk: Trunk | undefined;
  readonly #side: number;
  readonly #outputs: readonly string[];

  private constructor(
    { session, trunk }: { session: InferenceSession; trunk: Trunk | undefined },
    side: number,
    outputs: readonly string[],
  ) {
    this.#session = session;
    this.#trunk = trunk;
    this.#side = side;
    this.#outputs = outputs;
  }

  static async open(folder: string, side: number, outputs: readonly string[]): Promise<OnnxNetwork> {
    const file = path.join(folder, TRUNK);
    const trunk = existsSync(file) ? await Trunk.open(file, side) : undefined;
    return new OnnxNetwork({ session: await openSession(path.join(folder, FILE)), trunk }, side, outputs);
  }

  async run(chips: Uint8Array): Promise<Readonly<Record<string, Float32Array>>[]> {
    if (!this.#trunk) return runChips(this.#session, chips, this.#side, this.#outputs);
    const { chips: count, features } = await this.#trunk.see(chips);
    if (count === 0) return [];
    const values = await run(this.#session, features, [count, features.length / count], this.#outputs);
    return Array.from({ length: count }, (_, index) => pickChip(values, this.#outputs, index, count));
  }
}
