import type { DetectedFace, Point } from '../../vision/engine.ts';

/** Pixels of the image per pixel of the map, each way. */
export const STRIDE = 4;
const POINTS = 5;

/** CenterFace's view of an image, channels first, row by row. */
export interface HeatMap {
  readonly width: number;
  readonly height: number;
  /** Confidence that a face is centred there. */
  readonly confidence: Float32Array;
  /** Logarithm of the face's height, then width, over the stride. */
  readonly scale: Float32Array;
  /** How far below, then right of the pixel the face's centre is, in map pixels. */
  readonly offset: Float32Array;
  /** y, then x of each point, from the face's top left, over its height and width. */
  readonly landmarks: Float32Array;
}

/** The faces that a map shows: its peaks of at least `minimumConfidence`, in pixels of the image. */
export function readFaces(map: HeatMap, minimumConfidence: number): DetectedFace[] {
  const { confidence } = map;
  const faces: DetectedFace[] = [];
  for (let index = 0; index < confidence.length; index += 1) {
    if (at(confidence, index) >= minimumConfidence && isPeak(map, index)) {
      faces.push(readFace(map, index));
    }
  }
  return faces;
}

/** Whether none of the eight pixels around is more confident. */
function isPeak({ confidence, width, height }: HeatMap, index: number): boolean {
  const [column, row] = [index % width, Math.floor(index / width)];
  const value = at(confidence, index);
  for (let y = Math.max(0, row - 1); y <= Math.min(height - 1, row + 1); y += 1) {
    for (let x = Math.max(0, column - 1); x <= Math.min(width - 1, column + 1); x += 1) {
      if (at(confidence, y * width + x) > value) {
        return false;
      }
    }
  }
  return true;
}

function readFace(
  { width: columns, confidence, scale, offset, landmarks }: HeatMap,
  index: number,
): DetectedFace {
  const area = confidence.length;
  const height = Math.exp(at(scale, index)) * STRIDE;
  const width = Math.exp(at(scale, area + index)) * STRIDE;
  const y = (Math.floor(index / columns) + at(offset, index) + 0.5) * STRIDE - height / 2;
  const x = ((index % columns) + at(offset, area + index) + 0.5) * STRIDE - width / 2;
  const points: Point[] = [];
  for (let plane = index; plane < 2 * POINTS * area; plane += 2 * area) {
    points.push({ x: x + at(landmarks, plane + area) * width, y: y + at(landmarks, plane) * height });
  }
  return { box: { x, y, width, height }, confidence: at(confidence, index), landmarks: points };
}

function at(values: Float32Array, index: number): number {
  return values[index] ?? Number.NaN;
}
