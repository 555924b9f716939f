import sharp from 'sharp';
import { detectFaces } from '../vision/detection.ts';
import type { DetectedFace, FaceDetector } from '../vision/engine.ts';
import { decodePhoto } from '../vision/photo.ts';
import { poseOf } from '../vision/pose.ts';

/** A head that is seen as it is and in a mirror. */
export interface MirroredHead {
  /** The detector's, the lower one of both. */
  readonly confidence: number;
  /** As it is and mirrored, in degrees. */
  readonly yaw: readonly [one: number, other: number];
}

const MAXIMUM_PIXELS = 100_000_000;
/** How far the middles of a face and its mirror image may be apart, in widths of the face. */
const NEAR = 1 / 3;

/** From which mean angle a head is clearly turned, in degrees. */
const CLEARLY = 15;
export const isTurned = ({ yaw: [one, other] }: MirroredHead): boolean =>
  (Math.abs(one) + Math.abs(other)) / 2 >= CLEARLY;

/** Whether the mirror image turns the other way, as it must. */
export const isOpposite = ({ yaw: [one, other] }: MirroredHead): boolean => one * other < 0;

/**
 * The faces of a photo that are also found in its mirror image, each found there by itself: what errs in the detector's
 * landmarks counts, too.
 */
export async function lookInMirror(
  photo: Uint8Array,
  detector: FaceDetector,
  confidence: number,
): Promise<MirroredHead[]> {
  const find = async (bytes: Uint8Array) => {
    const { pixels } = await decodePhoto(bytes, MAXIMUM_PIXELS);
    return { width: pixels.width, faces: await detectFaces(pixels, detector, confidence) };
  };
  const { faces } = await find(photo);
  const mirror = await find(await sharp(photo).autoOrient().flop().png().toBuffer());
  return faces.flatMap((face) => {
    const [x, y] = middleOf(face);
    const other = mirror.faces.find((each) => {
      const [across, down] = middleOf(each);
      return Math.hypot(mirror.width - across - x, down - y) < NEAR * face.box.width;
    });
    if (!other) return [];
    return {
      confidence: Math.min(face.confidence, other.confidence),
      yaw: [poseOf(face).yaw, poseOf(other).yaw],
    };
  });
}

const middleOf = ({ box }: DetectedFace): [x: number, y: number] => [
  box.x + box.width / 2,
  box.y + box.height / 2,
];
