import { intersectionOverUnion } from '../../vision/bounding-box.ts';
import type { BoundingBox, DetectedFace } from '../../vision/engine.ts';

/** The smallest box around all of `boxes`; there must be at least one. */
export function boundBoxes(boxes: readonly BoundingBox[]): BoundingBox {
  const x = Math.min(...boxes.map((box) => box.x));
  const y = Math.min(...boxes.map((box) => box.y));
  return {
    x,
    y,
    width: Math.max(...boxes.map((box) => box.x + box.width)) - x,
    height: Math.max(...boxes.map((box) => box.y + box.height)) - y,
  };
}

/** Boxes that overlap by this much are good guesses at the same one. */
const SAME_BOX = 0.5;

/**
 * Most confident first; of faces that overlap by more than `limit`, only the most confident. Its box is the mean of
 * those that are nearly the same, weighted by confidence (box voting; Gidaris and Komodakis, "Object detection via a
 * multi-region and semantic segmentation-aware CNN model", 2015).
 */
export function suppressOverlaps(faces: readonly DetectedFace[], limit: number): DetectedFace[] {
  const kept: DetectedFace[] = [];
  for (const face of faces.toSorted((a, b) => b.confidence - a.confidence)) {
    if (kept.every(({ box }) => intersectionOverUnion(box, face.box) <= limit)) {
      kept.push(face);
    }
  }
  return kept.map((face) => ({ ...face, box: voteBox(face, faces) }));
}

function voteBox({ box }: DetectedFace, faces: readonly DetectedFace[]): BoundingBox {
  const voters = faces.filter((face) => intersectionOverUnion(face.box, box) >= SAME_BOX);
  const votes = voters.reduce((sum, { confidence }) => sum + confidence, 0);
  const mean = (side: keyof BoundingBox) =>
    voters.reduce((sum, face) => sum + (face.confidence / votes) * face.box[side], 0);
  return { x: mean('x'), y: mean('y'), width: mean('width'), height: mean('height') };
}
