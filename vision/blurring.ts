import { clip, widen } from './bounding-box.ts';
import type { BoundingBox } from './engine.ts';

/** Blurred is a face with this much around it, as a share of its box, reduced to so many spots of colour. */
export const BLUR = { margin: 0.15, spots: 6 };

interface Size {
  readonly width: number;
  readonly height: number;
}

/**
 * A face with its surroundings, in whole pixels.
 * @param scale turns the face's pixels into those of the picture
 * @param picture in which the region lies
 */
export function blurredRegion(face: BoundingBox, scale: number, picture: Size) {
  const scaled = {
    x: face.x * scale,
    y: face.y * scale,
    width: face.width * scale,
    height: face.height * scale,
  };
  const box = clip(widen(scaled, BLUR.margin), picture);
  const left = Math.min(Math.floor(box.x), picture.width - 1);
  const top = Math.min(Math.floor(box.y), picture.height - 1);
  return {
    left,
    top,
    width: Math.max(1, Math.min(picture.width, Math.ceil(box.x + box.width)) - left),
    height: Math.max(1, Math.min(picture.height, Math.ceil(box.y + box.height)) - top),
  };
}
