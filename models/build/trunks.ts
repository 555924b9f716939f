import { createHash } from 'node:crypto';
import { firstDepthwise, quantize, quantizeBy } from './quantization.ts';
import type { NetworkInput } from './ranges.ts';
import RANGES from './trunk-ranges.json' with { type: 'json' };

/** Of trunks, by the hashes of their files in floats: between which values the tensors lie that are bytes. */
const KNOWN: Readonly<Record<string, Readonly<Record<string, readonly number[]>> | undefined>> = RANGES;

/**
 * Frozen layers in bytes. The values of the usual ones are laid down, so that every training makes the very same file of
 * them, whatever it learns from: by that file, functions know that several networks share them. Of others, the images show
 * the values.
 * @param floats an ONNX file, from chips to `features`
 */
export async function trunkInBytes(
  floats: Uint8Array,
  images: () => Promise<readonly NetworkInput[]>,
): Promise<Uint8Array> {
  const keep = firstDepthwise(floats);
  const known = KNOWN[hashOf(floats)];
  if (!known) return quantize(floats, { keep, images: await images() });
  const ranges = Object.entries(known).map(
    ([name, [minimum = 0, maximum = 0]]) => [name, { minimum, maximum }] as const,
  );
  return quantizeBy(floats, new Map(ranges), keep);
}

export const hashOf = (trunk: Uint8Array): string => createHash('sha256').update(trunk).digest('hex');
