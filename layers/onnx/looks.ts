import type { BoundingBox, DetectedFace, Pixels } from '../../vision/engine.ts';
import { boundBoxes } from './boxes.ts';

/**
 * Coarse to fine. One look at the whole image, made small, is enough for most photos. Where it hints at faces
 * that it can't see well, a closer look at that part of the image finds them. On photos of crowds this takes
 * a good third of the time of one fine look at everything, and finds as many faces; on others, a sixth.
 */

/** Longest side of the image in the first look, in pixels. */
const COARSE_SIDE = 512;
/** Longest side that the whole image would have at the scale of the closer looks, in pixels. */
const FINE_SIDE = 1280;
/** A picture whose sides are no longer shows a face alone, if any, and hardly larger than the network can see, in pixels. */
const TINY = 96;
/** Closer looks enlarge a small image by at most this, and the first one a tiny image. */
const MAXIMUM_SCALE = 2;
/** From this confidence on, what the first look shows is a hint. */
const HINT = 0.15;
/** Faces up to this height in the first look, in pixels, call for a closer one, */
const SMALL = 24;
/** and so do taller ones that are less confident than asked for, which need be no taller than this in the closer look, */
const UNSURE = 100;
/** unless it would show them hardly larger than the first one does. */
const CLOSER = 1.1;
/** A face is recognised by its surroundings too: this share of its larger side, on every side. */
const MARGIN = 2;
/** What it costs to run the network at all, in pixels that it could have looked at instead. */
const OVERHEAD = 16_384;
/** Looks are joined up to this many pixels: the network's memory grows with them. One around a large face may have more. */
const LARGEST = 600_000;
/** Faces up to this height in the first look, in pixels, are seen better in a closer one. */
const BETTER_CLOSER = 80;

/** A part of an image and the scale at which to look at it. */
export interface Look {
  /** In whole pixels of the image, and within it. */
  readonly region: BoundingBox;
  /** Pixels that the network sees per pixel of the image. */
  readonly scale: number;
}

export function firstLook({ width, height }: Pixels): Look {
  const longest = Math.max(width, height);
  const scale = longest <= TINY ? MAXIMUM_SCALE : Math.min(1, COARSE_SIDE / longest);
  return { region: { x: 0, y: 0, width, height }, scale };
}

/** The least confidence that the first look has to report. */
export function hintConfidence(minimumConfidence: number): number {
  return Math.min(HINT, minimumConfidence);
}

/**
 * @param faces what the first look shows, hints included
 * @returns the parts of the image that need a closer look
 */
export function closerLooks(
  image: Pixels,
  first: Look,
  faces: readonly DetectedFace[],
  minimumConfidence: number,
): Look[] {
  const finest = Math.min(MAXIMUM_SCALE, FINE_SIDE / Math.max(image.width, image.height));
  const looks = faces.flatMap(({ box, confidence }): Look[] => {
    const isSmall = box.height * first.scale <= SMALL;
    if (!isSmall && confidence >= minimumConfidence) return [];
    const scale = isSmall ? finest : Math.min(finest, UNSURE / box.height);
    return scale >= CLOSER * first.scale ? [{ region: clip(withMargin(box), image), scale }] : [];
  });
  return mergeLooks(looks);
}

/** Joins looks wherever one at a box around two costs no more than the two. */
function mergeLooks(looks: readonly Look[]): Look[] {
  const pixels = ({ region: { width, height }, scale }: Look) => width * height * scale ** 2;
  const merged: Look[] = [];
  for (const look of looks) {
    let joined = look;
    for (let index = 0; index < merged.length; ) {
      const other = merged[index] ?? joined;
      const both = {
        region: boundBoxes([joined.region, other.region]),
        scale: Math.max(joined.scale, other.scale),
      };
      if (pixels(both) <= Math.min(LARGEST, pixels(joined) + pixels(other) + OVERHEAD)) {
        joined = both;
        merged.splice(index, 1);
        index = 0;
      } else {
        index += 1;
      }
    }
    merged.push(joined);
  }
  return merged;
}

/**
 * What all looks show together. Small faces in the region of a closer look are that look's alone; it says
 * nothing of faces that reach out of its region.
 */
export function combineLooks(
  image: Pixels,
  first: Look,
  faces: readonly DetectedFace[],
  closer: readonly { readonly look: Look; readonly faces: readonly DetectedFace[] }[],
): DetectedFace[] {
  const isBetterCloser = ({ box }: DetectedFace) =>
    box.height * first.scale <= BETTER_CLOSER && closer.some(({ look }) => contains(look.region, box, image));
  return [
    ...faces.filter((face) => !isBetterCloser(face)),
    ...closer.flatMap(({ look, faces }) => faces.filter(({ box }) => contains(look.region, box, image))),
  ];
}

function withMargin({ x, y, width, height }: BoundingBox): BoundingBox {
  const margin = MARGIN * Math.max(width, height);
  return { x: x - margin, y: y - margin, width: width + 2 * margin, height: height + 2 * margin };
}

/** The part of a box that lies in the image, in whole pixels. */
function clip(box: BoundingBox, image: Pixels): BoundingBox {
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
