import type { Point } from '../../vision/engine.ts';
import { frameOf } from '../../vision/frame.ts';

/**
 * The mean face's landmarks, upright, in their root mean square distance from their centroid: the right half; the left one is
 * its mirror image. The mean of 520 faces of UTKFace and All-Age-Faces, those that look straight at the camera.
 */
const MEAN = { eye: [0.865, -0.802], nose: [0, 0.056], mouth: [0.708, 0.774] } as const;
/** Deviations at which shape and symmetry fall to 61 of 100, in the same unit: twice what is usual. */
const USUAL = { shape: 0.04, symmetry: 0.07 };
/** The landmark in the place of each in a mirror. */
const MIRRORED = [1, 0, 2, 4, 3];

/**
 * How near a face is to the mean one, and to its mirror image, from 0 to 100: its landmarks without place, size and roll
 * (Procrustes), in their symmetric part, from which the turn of the head drops out, and in the rest.
 */
export function shapeOf(landmarks: readonly Point[]): { shape: number; symmetry: number } {
  const upright = normalise(landmarks);
  const mirror = MIRRORED.map((place): Point => {
    const { x, y } = upright[place] ?? { x: Number.NaN, y: Number.NaN };
    return { x: -x, y };
  });
  const even = upright.map((point, index) => middle(point, mirror[index] ?? point));
  const mean = [MEAN.eye, MEAN.eye, MEAN.nose, MEAN.mouth, MEAN.mouth].map(
    ([x, y], index): Point => ({
      x: index % 3 === 0 ? -x : x,
      y,
    }),
  );
  return {
    shape: nearness(spreadOf(even, mean) / USUAL.shape),
    symmetry: nearness(spreadOf(upright, even) / USUAL.symmetry),
  };
}

/** Around their centroid, upright, with a root mean square distance of 1 from it. */
function normalise(landmarks: readonly Point[]): Point[] {
  const { roll } = frameOf({ landmarks });
  const [cos, sin] = [Math.cos(roll), Math.sin(roll)];
  const sum = landmarks.reduce((one, other) => ({ x: one.x + other.x, y: one.y + other.y }));
  const centroid = { x: sum.x / landmarks.length, y: sum.y / landmarks.length };
  const middles = landmarks.map(() => centroid);
  const size = spreadOf(landmarks, middles) || 1;
  return landmarks.map((point) => {
    const [x, y] = [(point.x - centroid.x) / size, (point.y - centroid.y) / size];
    return { x: x * cos + y * sin, y: y * cos - x * sin };
  });
}

const middle = (one: Point, other: Point): Point => ({ x: (one.x + other.x) / 2, y: (one.y + other.y) / 2 });

/** The root mean square distance of points from others. */
const spreadOf = (points: readonly Point[], others: readonly Point[]): number =>
  Math.sqrt(
    points.reduce((sum, { x, y }, index) => {
      const other = others[index] ?? { x, y };
      return sum + (x - other.x) ** 2 + (y - other.y) ** 2;
    }, 0) / points.length,
  );

const nearness = (deviation: number): number => 100 * Math.exp(-(deviation ** 2) / 2);
