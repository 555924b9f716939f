import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { onceEach } from '../../support/once.ts';
import type { InferenceSession } from './runtime.ts';
import { openSession, runChips } from './session.ts';

const FEATURES = 'features';

/** What it sees in chips. */
export interface Seen {
  readonly chips: number;
  /** Those of each chip, one after another. */
  readonly features: Float32Array;
}

/** Frozen layers that several networks build on. They are opened once, and look once at the same chips. */
export class Trunk {
  /** Those that are in use, by the hashes of their files. */
  static readonly #opened = new Map<string, WeakRef<Trunk>>();

  /** What it gives for chips: looked at once, for as long as they are there. */
  readonly see: (chips: Uint8Array) => Promise<Seen>;

  private constructor(session: Promise<InferenceSession>, side: number) {
    this.see = onceEach(async (chips) => {
      const each = await runChips(await session, chips, side, [FEATURES]);
      const width = each[0]?.features.length ?? 0;
      const features = new Float32Array(each.length * width);
      for (const [index, own] of each.entries()) features.set(own.features, index * width);
      return { chips: each.length, features };
    });
  }

  static async open(file: string, side: number): Promise<Trunk> {
    const bytes = await readFile(file);
    const hash = createHash('sha256').update(bytes).digest('hex');
    const known = Trunk.#opened.get(hash)?.deref();
    if (known) return known;
    const session = openSession(bytes);
    const trunk = new Trunk(session, side);
    // At once, so that networks that are opened at the same time share it.
    Trunk.#opened.set(hash, new WeakRef(trunk));
    try {
      await session;
      return trunk;
    } catch (error) {
      Trunk.#opened.delete(hash);
      throw error;
    }
  }
}
