import type { BoundingBox } from './engine.ts';

/** In square pixels. */
export const area = ({ width, height }: Pick<BoundingBox, 'width' | 'height'>): number => width * height;

/** A box in a picture that is `factor` times as large. */
export const scaleBox = ({ x, y, width, height }: BoundingBox, factor: number): BoundingBox => ({
  x: x * factor,
  y: y * factor,
  width: width * factor,
  height: height * factor,
});

/** Widens a box on each side by `share` of its size. */
export function widen({ x, y, width, height }: BoundingBox, share: number): BoundingBox {
  return {
    x: x - width * share,
    y: y - height * share,
    width: width * (1 + 2 * share),
    height: height * (1 + 2 * share),
  };
}

/** The part of a box that lies in an image; its size is 0 when none does. */
export function clip(box: BoundingBox, image: { width: number; height: number }): BoundingBox {
  const x = Math.min(Math.max(0, box.x), image.width);
  const y = Math.min(Math.max(0, box.y), image.height);
  return {
    x,
    y,
    width: Math.max(0, Math.min(image.width, box.x + box.width) - x),
    height: Math.max(0, Math.min(image.height, box.y + box.height) - y),
  };
}

/** What two boxes have in common, in square pixels. */
export function intersection(a: BoundingBox, b: BoundingBox): number {
  const width = Math.min(a.x + a.width, b.x + b.width) - Math.max(a.x, b.x);
  const height = Math.min(a.y + a.height, b.y + b.height) - Math.max(a.y, b.y);
  return Math.max(width, 0) * Math.max(height, 0);
}

/** 0 for boxes that are apart, 1 for equal ones. */
export function intersectionOverUnion(a: BoundingBox, b: BoundingBox): number {
  const common = intersection(a, b);
  return common === 0 ? 0 : common / (area(a) + area(b) - common);
}
