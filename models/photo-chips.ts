import type { Part } from '../attributes/attribute.ts';
import { type ChipSpec, chipsOf, type View } from '../vision/chip-spec.ts';
import { selectChips, viewChips } from '../vision/chips.ts';

/** The chips of all faces of a photo. */
export interface PhotoChips {
  /** Which chips of each face there are. */
  readonly specs: readonly ChipSpec[];
  /** They themselves: those of a face one after another, face after face. */
  readonly chips: Uint8Array;
  /** What detect found of each face, for estimators that make use of it. */
  readonly faces?: readonly Part[];
}

/** What was made of a photo's chips, for as long as they are there. */
const seen = new WeakMap<PhotoChips, Map<string, Uint8Array>>();

/**
 * What a network sees of the faces of a photo. It is made once, so that whoever looks at the same views gets the same array,
 * by which networks know what they have looked at already.
 * @returns a chip for each view of each face
 */
export function see(photo: PhotoChips, side: number, views: readonly View[]): Uint8Array {
  const known = seen.get(photo) ?? new Map<string, Uint8Array>();
  seen.set(photo, known);
  const sight = JSON.stringify([side, views]);
  const chips =
    known.get(sight) ?? viewChips(selectChips(photo.chips, photo.specs, chipsOf(side, views)), side, views);
  known.set(sight, chips);
  return chips;
}
