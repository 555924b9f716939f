import type { BoundingBox, DetectedFace } from '../../vision/engine.ts';

/** Most confident first; of faces whose boxes overlap by more than `limit`, only the most confident. */
export function suppressOverlaps(faces: readonly DetectedFace[], limit: number): DetectedFace[] {
  const kept: DetectedFace[] = [];
  for (const face of faces.toSorted((a, b) => b.confidence - a.confidence)) {
    if (kept.every(({ box }) => intersectionOverUnion(box, face.box) <= limit)) {
      kept.push(face);
    }
  }
  return kept;
}

/** 0 for boxes that are apart, 1 for equal ones. */
export function intersectionOverUnion(a: BoundingBox, b: BoundingBox): number {
  const width = Math.min(a.x + a.width, b.x + b.width) - Math.max(a.x, b.x);
  const height = Math.min(a.y + a.height, b.y + b.height) - Math.max(a.y, b.y);
  if (width <= 0 || height <= 0) {
    return 0;
  }
  const intersection = width * height;
  return intersection / (a.width * a.height + b.width * b.height - intersection);
}
