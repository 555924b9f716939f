import { intersectionOverUnion } from '../vision/bounding-box.ts';
import type { BoundingBox, DetectedFace } from '../vision/engine.ts';

/** A face that somebody marked in a photo. */
export interface MarkedFace {
  readonly box: BoundingBox;
  /** Too unclear to count for or against a detector. */
  readonly invalid: boolean;
}

/** What a detector found, lost and made up. */
export interface Counts {
  readonly found: number;
  readonly lost: number;
  readonly wrong: number;
}

/** Boxes that overlap by this much, as intersection over union, mark the same face. */
const SAME_FACE = 0.5;

/**
 * Compares what a detector says with what is marked, for faces of at least `minimumHeight` pixels. Most
 * confident first, each detection takes the marked face that it overlaps most, of those that count if it overlaps any. One that takes an invalid or
 * smaller face, or that takes none and is smaller itself, counts neither way.
 */
export function matchFaces(
  detected: readonly DetectedFace[],
  marked: readonly MarkedFace[],
  minimumHeight: number,
): Counts {
  const counts = (face: MarkedFace) => !face.invalid && face.box.height >= minimumHeight;
  const left = new Set(marked);
  let found = 0;
  let wrong = 0;
  for (const { box } of detected.toSorted((a, b) => b.confidence - a.confidence)) {
    const [best] = [...left]
      .map((face) => ({ face, overlap: intersectionOverUnion(box, face.box) }))
      .filter(({ overlap }) => overlap >= SAME_FACE)
      .sort((a, b) => Number(counts(b.face)) - Number(counts(a.face)) || b.overlap - a.overlap);
    if (best === undefined) {
      wrong += box.height >= minimumHeight ? 1 : 0;
    } else {
      left.delete(best.face);
      found += counts(best.face) ? 1 : 0;
    }
  }
  return { found, wrong, lost: [...left].filter(counts).length };
}
