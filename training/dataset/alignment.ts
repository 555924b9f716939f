import type { DetectedFace, Pixels, Point } from '../../vision/engine.ts';

/** Where a face is and how it is held. */
export interface FaceFrame {
  readonly centre: Point;
  /** In pixels: the face's height from brow to chin, more or less. */
  readonly size: number;
  /** Of the line through the eyes, in radians; positive when the right one in the image is lower. */
  readonly roll: number;
}

export interface ChipSpec {
  /** In pixels. */
  readonly side: number;
  /** Side of the square that is cut out, in sizes of the frame. */
  readonly extent: number;
}

export function frameOf({ landmarks }: DetectedFace): FaceFrame {
  const [left, right, , mouthLeft, mouthRight] = landmarks;
  if (!left || !right || !mouthLeft || !mouthRight) {
    throw new Error(`Expected five landmarks but received ${landmarks.length}.`);
  }
  const eyes = middle(left, right);
  const mouth = middle(mouthLeft, mouthRight);
  const down = { x: mouth.x - eyes.x, y: mouth.y - eyes.y };
  const size = Math.max(
    2.1 * Math.hypot(down.x, down.y),
    1.9 * Math.hypot(right.x - left.x, right.y - left.y),
  );
  return {
    centre: { x: eyes.x + 0.7 * down.x, y: eyes.y + 0.7 * down.y },
    size,
    roll: Math.atan2(right.y - left.y, right.x - left.x),
  };
}

const middle = (one: Point, other: Point): Point => ({ x: (one.x + other.x) / 2, y: (one.y + other.y) / 2 });

/** @returns side × side × 3 bytes; black where the image ends */
export function cutAligned(
  image: Pixels,
  { centre, size, roll }: FaceFrame,
  { side, extent }: ChipSpec,
): Uint8Array {
  const step = (size * extent) / side;
  const samples = Math.max(1, Math.round(step));
  const [across, down] = [Math.cos(roll) * step, Math.sin(roll) * step];
  const out = new Uint8Array(side * side * 3);
  const sum = [0, 0, 0];
  for (let row = 0, at = 0; row < side; row++) {
    for (let column = 0; column < side; column++, at += 3) {
      sum.fill(0);
      for (let sub = 0; sub < samples * samples; sub++) {
        const u = column + ((sub % samples) + 0.5) / samples - side / 2;
        const v = row + (Math.floor(sub / samples) + 0.5) / samples - side / 2;
        addPixel(image, centre.x + u * across - v * down - 0.5, centre.y + u * down + v * across - 0.5, sum);
      }
      for (let channel = 0; channel < 3; channel++) {
        out[at + channel] = Math.round((sum[channel] as number) / (samples * samples));
      }
    }
  }
  return out;
}

function addPixel({ data, width, height }: Pixels, x: number, y: number, sum: number[]): void {
  const [left, top] = [Math.floor(x), Math.floor(y)];
  for (let corner = 0; corner < 4; corner++) {
    const [column, row] = [left + (corner & 1), top + (corner >> 1)];
    if (column < 0 || row < 0 || column >= width || row >= height) continue;
    const weight = (1 - Math.abs(x - column)) * (1 - Math.abs(y - row));
    const at = (row * width + column) * 3;
    for (let channel = 0; channel < 3; channel++) {
      sum[channel] = (sum[channel] as number) + weight * (data[at + channel] as number);
    }
  }
}
