import sharp from 'sharp';
import type { BoundingBox, DetectedFace, Pixels, Point } from './engine.ts';

/** How many quarter turns clockwise. */
export type Turn = 0 | 1 | 2 | 3;

/** Turns an image clockwise. */
export async function turnImage({ data, width, height }: Pixels, turn: Turn): Promise<Pixels> {
  const turned = sharp(data, { raw: { width, height, channels: 3 } }).rotate(turn * 90);
  const { data: pixels, info } = await turned.raw().toBuffer({ resolveWithObject: true });
  return { data: pixels, width: info.width, height: info.height };
}

/**
 * A face of a turned image, in the image as it was. The landmarks keep their names: the left eye of a face that is
 * upside down is the one on the right of the image.
 * @param image size of the image before it was turned
 */
export function turnBack(
  { box, confidence, landmarks }: DetectedFace,
  turn: Turn,
  image: { readonly width: number; readonly height: number },
): DetectedFace {
  const back = ({ x, y }: Point): Point => {
    if (turn === 1) return { x: y, y: image.height - x };
    if (turn === 2) return { x: image.width - x, y: image.height - y };
    if (turn === 3) return { x: image.width - y, y: x };
    return { x, y };
  };
  const corners = [back(box), back({ x: box.x + box.width, y: box.y + box.height })] as const;
  return { box: spanned(...corners), confidence, landmarks: landmarks.map(back) };
}

/** The box between two opposite corners. */
function spanned(one: Point, other: Point): BoundingBox {
  return {
    x: Math.min(one.x, other.x),
    y: Math.min(one.y, other.y),
    width: Math.abs(one.x - other.x),
    height: Math.abs(one.y - other.y),
  };
}
