import type { BoundingBox, DetectedFace, Pixels } from '../../vision/engine.ts';
import { boundBoxes } from './boxes.ts';

/**
 * Coarse to fine. A first look at the whole image, made small, is enough for most photos. Where it hints at
 * faces that it can't see well, a second, closer look at that part of the image finds them. Measured on
 * photos of crowds, this costs half of one look at the finer scale and finds as much.
 */

/** Longest side of the image in the first look, in pixels. */
const COARSE_SIDE = 512;
/** Longest side that the image has at the scale of the second look, in pixels; only a part of it is looked at. */
export const FINE_SIDE = 1280;
/** Enlarging an image further shows nothing new. */
const MAXIMUM_SCALE = 2;
/** From this confidence on the first look's finds are hints. */
const HINT = 0.15;
/** Faces up to this height in the first look, in pixels, call for a second one, */
const SMALL = 24;
/** and so do taller ones, up to this height, that are less confident than asked for. */
const UNSURE = 80;
/** A face needs its surroundings to be recognised: this share of its larger side, on every side. */
const MARGIN = 1.5;
/** Faces up to this height in the first look, in pixels, are seen better in the second. */
const BETTER_CLOSER = 50;

/** A part of an image and the scale at which to look at it. */
export interface Look {
  /** In whole pixels of the image, and within it. */
  readonly region: BoundingBox;
  /** Pixels that the network sees per pixel of the image. */
  readonly scale: number;
}

export function firstLook({ width, height }: Pixels): Look {
  const scale = Math.min(1, COARSE_SIDE / Math.max(width, height));
  return { region: { x: 0, y: 0, width, height }, scale };
}

/** The least confidence that the first look has to tell. */
export function hintConfidence(minimumConfidence: number): number {
  return Math.min(HINT, minimumConfidence);
}

/**
 * @param first what the first look showed, hints included
 * @returns undefined when there is nothing that a closer look would show better
 */
export function secondLook(
  image: Pixels,
  first: Look,
  faces: readonly DetectedFace[],
  minimumConfidence: number,
): Look | undefined {
  const scale = Math.min(MAXIMUM_SCALE, FINE_SIDE / Math.max(image.width, image.height));
  const hints = faces.filter(({ box, confidence }) => {
    const height = box.height * first.scale;
    return height <= SMALL || (height <= UNSURE && confidence < minimumConfidence);
  });
  if (hints.length === 0 || scale <= first.scale) {
    return undefined;
  }
  return { region: within(image, boundBoxes(hints.map(({ box }) => withMargin(box)))), scale };
}

/**
 * What both looks show together. Small faces in the second look's region are the second's alone; it says
 * nothing of faces that reach out of its region.
 */
export function combineLooks(
  first: Look,
  firstFaces: readonly DetectedFace[],
  second: Look,
  secondFaces: readonly DetectedFace[],
  image: Pixels,
): DetectedFace[] {
  const isSeenWhole = ({ box }: DetectedFace) => contains(second.region, box, image);
  return [
    ...firstFaces.filter((face) => face.box.height * first.scale > BETTER_CLOSER || !isSeenWhole(face)),
    ...secondFaces.filter(isSeenWhole),
  ];
}

function withMargin({ x, y, width, height }: BoundingBox): BoundingBox {
  const margin = MARGIN * Math.max(width, height);
  return { x: x - margin, y: y - margin, width: width + 2 * margin, height: height + 2 * margin };
}

/** The part of a box that lies in the image, in whole pixels. */
function within(image: Pixels, box: BoundingBox): BoundingBox {
  const x = Math.max(0, Math.floor(box.x));
  const y = Math.max(0, Math.floor(box.y));
  return {
    x,
    y,
    width: Math.min(image.width, Math.ceil(box.x + box.width)) - x,
    height: Math.min(image.height, Math.ceil(box.y + box.height)) - y,
  };
}

/** Whether all of a box that lies in the image lies in the region. */
function contains(region: BoundingBox, box: BoundingBox, image: Pixels): boolean {
  return (
    (region.x === 0 || box.x >= region.x) &&
    (region.y === 0 || box.y >= region.y) &&
    (region.x + region.width === image.width || box.x + box.width <= region.x + region.width) &&
    (region.y + region.height === image.height || box.y + box.height <= region.y + region.height)
  );
}
