import { intersectionOverUnion, scaleBox } from '../../../../vision/bounding-box.ts';
import type { BoundingBox } from '../../../../vision/engine.ts';

/** Least overlap, 0 to 1, of two boxes around the same face. */
const SAME_FACE = 0.5;

/**
 * Where the same face is in another analysis of the photo.
 * @param scale turns pixels of the other analysis into those of `box`
 * @returns an index into `boxes`, or undefined when none overlaps enough
 */
export function findSame(box: BoundingBox, boxes: readonly BoundingBox[], scale: number): number | undefined {
  const overlaps = boxes.map((other) => intersectionOverUnion(box, scaleBox(other, scale)));
  const most = Math.max(...overlaps);
  return most >= SAME_FACE ? overlaps.indexOf(most) : undefined;
}
