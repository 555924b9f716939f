import type { BoundingBox } from '../../../../vision/engine.ts';

/** Least overlap, 0 to 1, of two boxes around the same face. */
const SAME_FACE = 0.5;

/**
 * Where the same face is in another analysis of the photo.
 * @param scale turns pixels of the other analysis into those of `box`
 * @returns an index into `boxes`, or undefined when none overlaps enough
 */
export function findSame(box: BoundingBox, boxes: readonly BoundingBox[], scale: number): number | undefined {
  const overlaps = boxes.map(({ x, y, width, height }) =>
    overlap(box, { x: x * scale, y: y * scale, width: width * scale, height: height * scale }),
  );
  const most = Math.max(...overlaps);
  return most >= SAME_FACE ? overlaps.indexOf(most) : undefined;
}

/** Intersection over union, 0 to 1. */
function overlap(one: BoundingBox, other: BoundingBox): number {
  const width = Math.min(one.x + one.width, other.x + other.width) - Math.max(one.x, other.x);
  const height = Math.min(one.y + one.height, other.y + other.height) - Math.max(one.y, other.y);
  const shared = Math.max(0, width) * Math.max(0, height);
  return shared / (one.width * one.height + other.width * other.height - shared);
}
