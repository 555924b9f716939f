import { clip, widen } from './bounding-box.ts';
import type { BoundingBox } from './engine.ts';

/** A face is blurred with this margin around it, as a share of its box, and only this many spots of colour are left a side. */
export const BLUR = { margin: 0.15, spots: 6 };

interface Size {
  readonly width: number;
  readonly height: number;
}

/**
 * A face with its surroundings, in whole pixels.
 * @param picture in whose pixels the face's box is
 */
export function blurredRegion(face: BoundingBox, picture: Size) {
  const box = clip(widen(face, BLUR.margin), picture);
  const left = Math.min(Math.floor(box.x), picture.width - 1);
  const top = Math.min(Math.floor(box.y), picture.height - 1);
  return {
    left,
    top,
    width: Math.max(1, Math.min(picture.width, Math.ceil(box.x + box.width)) - left),
    height: Math.max(1, Math.min(picture.height, Math.ceil(box.y + box.height)) - top),
  };
}
