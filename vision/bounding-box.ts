import type { BoundingBox } from './engine.ts';

/** In square pixels. */
export const area = ({ width, height }: Pick<BoundingBox, 'width' | 'height'>): number => width * height;

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
