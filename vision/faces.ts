import { area, clip } from './bounding-box.ts';
import { type ChipSpec, chipBytes } from './chip-spec.ts';
import { cutChips } from './chips.ts';
import { detectFaces } from './detection.ts';
import type { DetectedFace, FaceDetector } from './engine.ts';
import { type FaceFrame, frameOf } from './frame.ts';
import type { DecodedPhoto } from './photo.ts';
import { measureQuality, type Quality } from './quality.ts';

export interface FaceOptions {
  /** Least confidence of a face, 0 to 1. */
  readonly minimumConfidence: number;
  /** At most this many faces are kept, the largest ones. */
  readonly maximumFaces: number;
  /** Whether it is measured how good their pictures are; default: true. */
  readonly quality?: boolean;
  /** Which chips are cut of each face. */
  readonly chips: readonly ChipSpec[];
}

/** A face as the detector found it, and how good its picture is where that is measured. */
export interface FoundFace extends DetectedFace {
  readonly quality?: Quality;
}

export interface Faces {
  /** Largest first, in pixels of the upright photo. */
  readonly faces: FoundFace[];
  /** How many there were before the list was cut. */
  readonly found: number;
  /** The chips of each face one after another, face after face. */
  readonly chips: Uint8Array;
}

/** Finds the faces of a photo, measures how good their pictures are, and cuts out the chips that are asked for. */
export async function findFaces(
  { pixels, width }: DecodedPhoto,
  detector: FaceDetector,
  { minimumConfidence, maximumFaces, quality = true, chips: specs }: FaceOptions,
): Promise<Faces> {
  const detected = (await detectFaces(pixels, detector, minimumConfidence))
    .map((face) => ({ ...face, box: clip(face.box, pixels) }))
    .filter(({ box }) => area(box) > 0)
    .sort((one, other) => area(other.box) - area(one.box));
  const scale = width / pixels.width;
  const faces = detected.slice(0, maximumFaces).map((face) => ({
    ...enlarge(face, scale),
    ...(quality && { quality: measureQuality(pixels, face, scale) }),
  }));
  return { faces, found: detected.length, chips: cutFaces({ pixels, width }, faces, specs) };
}

/**
 * Cuts chips of faces that were found in a photo: the same ones whenever it is done.
 * @param faces in pixels of the photo, as `findFaces` says where they are
 * @returns the chips of each face one after another, face after face
 */
export function cutFaces(
  { pixels, width }: Pick<DecodedPhoto, 'pixels' | 'width'>,
  faces: readonly Pick<DetectedFace, 'landmarks'>[],
  specs: readonly ChipSpec[],
): Uint8Array {
  const bytes = specs.reduce((sum, spec) => sum + chipBytes(spec), 0);
  const chips = new Uint8Array(faces.length * bytes);
  const scale = pixels.width / width;
  for (const [index, face] of faces.entries()) {
    cutChips(pixels, scaled(frameOf(face), scale), specs, chips, index * bytes);
  }
  return chips;
}

const scaled = ({ centre, size, roll }: FaceFrame, scale: number): FaceFrame => ({
  centre: { x: centre.x * scale, y: centre.y * scale },
  size: size * scale,
  roll,
});

/** From pixels of the decoded photo to pixels of the photo itself, to a tenth: nobody draws finer. */
function enlarge({ box, confidence, landmarks }: DetectedFace, scale: number): DetectedFace {
  const tenth = (value: number) => Math.round(value * scale * 10) / 10;
  return {
    box: { x: tenth(box.x), y: tenth(box.y), width: tenth(box.width), height: tenth(box.height) },
    confidence: Math.round(confidence * 1e4) / 1e4,
    landmarks: landmarks.map(({ x, y }) => ({ x: tenth(x), y: tenth(y) })),
  };
}
