import { area, intersectionOverUnion } from '../../vision/bounding-box.ts';
import type { BoundingBox } from '../../vision/engine.ts';

/** A found face and a label's box are of one face from this intersection over union on: people draw boxes differently. */
export const SAME_FACE = 0.2;
/** In pixels of the photo: a smaller box shows no face. */
const LEAST_SIDE = 12;

export interface Size {
  readonly width: number;
  readonly height: number;
}

/** What makes a label's box doubtful, by kind. */
export type BoxDoubt = 'box-small' | 'box-unit' | 'box-elsewhere';

export interface DoubtfulBox {
  readonly reason: BoxDoubt;
  /** A sentence that names the box. */
  readonly message: string;
}

/**
 * Looks whether a label's box may be what it says: pixels of the upright photo, around a face. Where no face was found,
 * or all belong to other labels, its word is taken.
 * @param free found faces that are in no other label's box, in pixels of the photo
 * @returns undefined when there is nothing to doubt
 */
export function doubtBox(
  box: BoundingBox,
  photo: Size,
  free: readonly BoundingBox[],
): DoubtfulBox | undefined {
  const overlap = overlapWith(box, free);
  if (overlap >= SAME_FACE) return undefined;
  const unit = otherUnitOf(box, photo, free);
  if (unit) {
    return {
      reason: 'box-unit',
      message: `Expected a box in pixels but received ${describeBox(box)}, which looks like ${unit} of the photo's ${photo.width} × ${photo.height} pixels.`,
    };
  }
  if (Math.min(box.width, box.height) < LEAST_SIDE) {
    return {
      reason: 'box-small',
      message: `Expected a box of at least ${LEAST_SIDE} pixels on each side but received ${describeBox(box)}.`,
    };
  }
  if (free.length === 0) return undefined;
  return {
    reason: 'box-elsewhere',
    message: `Expected a face in the box ${describeBox(box)} but the nearest one that is found overlaps it by ${(100 * overlap).toFixed(0)} %.`,
  };
}

/** Shares where no side is longer than a pixel, else what would be around a face that is found. */
function otherUnitOf(box: BoundingBox, photo: Size, free: readonly BoundingBox[]): string | undefined {
  const inPixels = (whole: number) => ({
    x: (box.x / whole) * photo.width,
    y: (box.y / whole) * photo.height,
    width: (box.width / whole) * photo.width,
    height: (box.height / whole) * photo.height,
  });
  const within = (whole: number) => box.x + box.width <= 1.01 * whole && box.y + box.height <= 1.01 * whole;
  if (within(1)) return 'shares';
  return within(100) && overlapWith(inPixels(100), free) >= SAME_FACE ? 'percent' : undefined;
}

/** With the nearest of several faces: intersection over union. */
const overlapWith = (box: BoundingBox, faces: readonly BoundingBox[]): number =>
  faces.length === 0 || area(box) <= 0
    ? 0
    : Math.max(...faces.map((face) => intersectionOverUnion(face, box)));

/** "360, 360, 90 × 120" */
const describeBox = ({ x, y, width, height }: BoundingBox): string =>
  `${round(x)}, ${round(y)}, ${round(width)} × ${round(height)}`;
const round = (value: number) => Number(value.toFixed(3));
