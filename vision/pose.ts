import type { DetectedFace, Point } from './engine.ts';
import { frameOf } from './frame.ts';

/** How a head is held, in degrees; all are 0 when it faces the camera upright. */
export interface Pose {
  /** Positive when it is turned towards the right of the photo. */
  readonly yaw: number;
  /** Positive when it looks up. */
  readonly pitch: number;
  /** Positive when it is tilted clockwise. */
  readonly roll: number;
}

/**
 * A mean head, in one unit: how far apart the eyes are and the corners of the mouth, on average; how far the mouth lies
 * below the eyes; how far the tip of the nose stands out from their plane; and where it is between eyes and mouth, as a share.
 */
const HEAD = { width: 82, height: 89, depth: 53, nose: 0.584 };

/**
 * The pose of a head by five landmarks under weak perspective (Gee and Cipolla, "Determining the gaze of faces in images",
 * 1994): eyes and mouth lie in a plane, from which the nose stands out. Turning the head shifts the tip of the nose by
 * depth × sin and narrows the plane by cos, so that their ratio gives the tangent, whatever the size of the face.
 */
export function poseOf(face: Pick<DetectedFace, 'landmarks'>): Pose {
  const { roll } = frameOf(face);
  const [leftEye, rightEye, nose, leftMouth, rightMouth] = face.landmarks.map((point) => turn(point, -roll));
  if (!leftEye || !rightEye || !nose || !leftMouth || !rightMouth) {
    throw new Error(`Expected five landmarks but received ${face.landmarks.length}.`);
  }
  const [eyes, mouth] = [middle(leftEye, rightEye), middle(leftMouth, rightMouth)];
  const width = (rightEye.x - leftEye.x + rightMouth.x - leftMouth.x) / 2;
  const height = mouth.y - eyes.y;
  const across = nose.x - (eyes.x + (mouth.x - eyes.x) * HEAD.nose);
  const up = eyes.y + height * HEAD.nose - nose.y;
  return {
    yaw: degrees(Math.atan2(across / HEAD.depth, Math.max(0, width) / HEAD.width)),
    pitch: degrees(Math.atan2(up / HEAD.depth, Math.max(0, height) / HEAD.height)),
    roll: degrees(roll),
  };
}

const degrees = (radians: number): number => (radians * 180) / Math.PI;

const middle = (one: Point, other: Point): Point => ({
  x: (one.x + other.x) / 2,
  y: (one.y + other.y) / 2,
});

function turn({ x, y }: Point, angle: number): Point {
  const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
  return { x: x * cos - y * sin, y: x * sin + y * cos };
}
