import { boundLandmarks, clip, cutChip, cutScales, widen } from './chips.ts';
import {
  type BoundingBox,
  CHIP_BYTES,
  type DetectedFace,
  type FaceDetector,
  type Landmarker,
} from './engine.ts';
import type { DecodedPhoto } from './photo.ts';

export interface FaceOptions {
  /** Least confidence of a face, 0 to 1. */
  readonly minimumConfidence: number;
  /** At most this many faces are kept, the largest ones. */
  readonly maximumFaces: number;
  /** Chips per face (see `cutScales`). */
  readonly scales: number;
}

export interface Faces {
  /** Largest first, in pixels of the upright photo. */
  readonly faces: DetectedFace[];
  /** How many there were before the list was cut. */
  readonly found: number;
  /** `scales` chips a face, face after face: what the age and gender networks look at. */
  readonly chips: Uint8Array;
}

/**
 * The landmark network was trained on the boxes of another detector. On labelled faces the ages came out best
 * with the square around the box made a twentieth smaller on every side.
 */
const LANDMARK_MARGIN = -0.05;

/** Finds the faces of a photo and cuts out the chips from which age and gender are estimated. */
export async function findFaces(
  photo: DecodedPhoto,
  detector: FaceDetector,
  landmarker: Landmarker,
  { minimumConfidence, maximumFaces, scales }: FaceOptions,
): Promise<Faces> {
  const { pixels } = photo;
  const detected = (await detector.detect(pixels, minimumConfidence))
    .map((face) => ({ ...face, box: clip(face.box, pixels) }))
    .filter(({ box }) => area(box) > 0)
    .sort((one, other) => area(other.box) - area(one.box));
  const kept = detected.slice(0, maximumFaces);

  const views = kept.map(({ box }) => cutChip(pixels, squareAround(box)));
  const located = await landmarker.locate(Buffer.concat(views.map(({ data }) => data)));
  const chips = new Uint8Array(kept.length * scales * CHIP_BYTES);
  for (const [index, points] of located.entries()) {
    const view = views[index];
    if (!view) continue;
    const inPhoto = points.map(({ x, y }) => ({
      x: x / view.scale + view.left,
      y: y / view.scale + view.top,
    }));
    chips.set(cutScales(pixels, boundLandmarks(inPhoto), scales), index * scales * CHIP_BYTES);
  }
  const scale = photo.width / pixels.width;
  return { faces: kept.map((face) => enlarge(face, scale)), found: detected.length, chips };
}

const area = ({ width, height }: BoundingBox) => width * height;

function squareAround({ x, y, width, height }: BoundingBox): BoundingBox {
  const side = Math.max(width, height);
  return widen(
    { x: x + (width - side) / 2, y: y + (height - side) / 2, width: side, height: side },
    LANDMARK_MARGIN,
  );
}

/** From pixels of the decoded photo to pixels of the photo itself, to a tenth: nobody draws finer. */
function enlarge({ box, confidence, landmarks }: DetectedFace, scale: number): DetectedFace {
  const tenth = (value: number) => Math.round(value * scale * 10) / 10;
  return {
    box: { x: tenth(box.x), y: tenth(box.y), width: tenth(box.width), height: tenth(box.height) },
    confidence: Math.round(confidence * 1e4) / 1e4,
    landmarks: landmarks.map(({ x, y }) => ({ x: tenth(x), y: tenth(y) })),
  };
}
