import { type BoundingBox, CHIP_BYTES, CHIP_SIDE, type Pixels, type Point } from './engine.ts';
import { resample } from './resample.ts';

/** How much of the head each scale shows: the landmarks' box, widened on every side by this share of its size. */
const SCALES = [0.1, 0.2] as const;

/** One crop per face, or two (the second mirrored), or four (two scales, each also mirrored). */
export type Crops = 1 | 2 | 4;

/** How many chips of each face leave detection; mirror images are made where they are needed. */
export const scalesOf = (crops: Crops): number => (crops === 4 ? 2 : 1);

/** The smallest box around a face's landmarks. */
export function boundLandmarks(points: readonly Point[]): BoundingBox {
  const xs = points.map(({ x }) => x);
  const ys = points.map(({ y }) => y);
  const [x, y] = [Math.min(...xs), Math.min(...ys)];
  return { x, y, width: Math.max(...xs) - x, height: Math.max(...ys) - y };
}

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

/** A square chip of 112 pixels and where it lies: its pixel (x, y) is (x / scale + left, y / scale + top) of the image. */
export interface Chip {
  readonly data: Uint8Array;
  readonly left: number;
  readonly top: number;
  readonly scale: number;
}

/**
 * Cuts a box out of an image and fits it into a square chip, its aspect ratio kept and black beside it, as
 * face-api feeds its networks. A chip is all black when nothing of the box lies in the image.
 */
export function cutChip(image: Pixels, box: BoundingBox): Chip {
  const part = clip(box, image);
  const scale = CHIP_SIDE / Math.max(1, part.width, part.height);
  const width = Math.min(CHIP_SIDE, Math.round(part.width * scale));
  const height = Math.min(CHIP_SIDE, Math.round(part.height * scale));
  const [beside, above] = [(CHIP_SIDE - width) >> 1, (CHIP_SIDE - height) >> 1];
  const data = new Uint8Array(CHIP_BYTES);
  if (width > 0 && height > 0) {
    const fitted = resample(image, part, width, height).data;
    for (let row = 0; row < height; row++) {
      data.set(
        fitted.subarray(row * width * 3, (row + 1) * width * 3),
        ((above + row) * CHIP_SIDE + beside) * 3,
      );
    }
  }
  return { data, scale, left: part.x - beside / scale, top: part.y - above / scale };
}

/** A face's chips at the first `scales` scales, one after another, from the box around its 68 landmarks. */
export function cutScales(image: Pixels, landmarks: BoundingBox, scales: number): Uint8Array {
  return Buffer.concat(SCALES.slice(0, scales).map((share) => cutChip(image, widen(landmarks, share)).data));
}

/** Adds each chip's mirror image right behind it. */
export function withMirrored(chips: Uint8Array): Uint8Array {
  const both = new Uint8Array(chips.length * 2);
  const line = CHIP_SIDE * 3;
  for (let chip = 0; chip < chips.length; chip += CHIP_BYTES) {
    const mirrored = 2 * chip + CHIP_BYTES;
    both.set(chips.subarray(chip, chip + CHIP_BYTES), 2 * chip);
    for (let start = 0; start < CHIP_BYTES; start += line) {
      let source = chip + start;
      for (let target = mirrored + start + line - 3; target >= mirrored + start; target -= 3, source += 3) {
        both[target] = chips[source] as number;
        both[target + 1] = chips[source + 1] as number;
        both[target + 2] = chips[source + 2] as number;
      }
    }
  }
  return both;
}
