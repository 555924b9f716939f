import type { BoundingBox, Pixels } from './engine.ts';

/** Which source pixels make up each target pixel along one axis, and with which weight. */
interface Taps {
  /** Index of the first source pixel of each target pixel. */
  readonly first: Int32Array;
  /** `width` weights for each target pixel, summing to 1. */
  readonly weights: Float32Array;
  readonly width: number;
}

/**
 * Triangle filter taps that map source pixels `start` to `start + length` (fractions allowed) onto `target`
 * pixels. Shrinking widens the triangle by the scale, so that no source pixel is skipped; pixels beyond
 * 0 to `limit` are left out and the rest weighted up. The filter is Pillow's and libvips' "bilinear".
 */
function triangleTaps(start: number, length: number, target: number, limit: number): Taps {
  const scale = length / target;
  const support = Math.max(1, scale);
  const width = Math.ceil(support) * 2 + 1;
  const first = new Int32Array(target);
  const weights = new Float32Array(target * width);
  for (let index = 0; index < target; index++) {
    const centre = start + (index + 0.5) * scale;
    const from = Math.min(Math.max(0, Math.floor(centre - support)), Math.max(0, limit - width));
    first[index] = from;
    let sum = 0;
    for (let tap = 0; tap < width && from + tap < limit; tap++) {
      const weight = Math.max(0, 1 - Math.abs((from + tap + 0.5 - centre) / support));
      weights[index * width + tap] = weight;
      sum += weight;
    }
    for (let tap = 0; tap < width; tap++) {
      weights[index * width + tap] = (weights[index * width + tap] ?? 0) / (sum || 1);
    }
  }
  return { first, weights, width };
}

/** At strong reductions only every n-th source pixel is read, so that each target pixel still averages six or more. */
const strideFor = (length: number, target: number): number => Math.max(1, Math.floor(length / target / 3));

/** Taps along one axis over every `stride`-th source pixel, the pixel in the middle of its stride. */
function axis(start: number, length: number, target: number, limit: number): Taps & { stride: number } {
  const stride = strideFor(length, target);
  const taps = triangleTaps(start / stride, length / stride, target, Math.floor(limit / stride));
  return { ...taps, stride };
}

/**
 * Resamples the part of `image` inside `box`, which must lie within it, to `width` × `height` pixels.
 * Separable: columns first, for the rows that are needed, then rows. Its cost depends on the target's size,
 * hardly on the source's.
 */
export function resample(image: Pixels, box: BoundingBox, width: number, height: number): Pixels {
  const across = axis(box.x, box.width, width, image.width);
  const down = axis(box.y, box.height, height, image.height);
  const top = down.first[0] as number;
  const bottom = Math.min(
    Math.floor(image.height / down.stride),
    (down.first[height - 1] as number) + down.width,
  );
  const columns = shrinkColumns(image, across, width, top, bottom, down.stride);
  const resampled = new Uint8Array(width * height * 3);
  const line = width * 3;
  for (let row = 0; row < height; row++) {
    const source = ((down.first[row] as number) - top) * line;
    for (let column = 0; column < line; column++) {
      let sum = 0;
      for (let tap = 0; tap < down.width; tap++) {
        const weight = down.weights[row * down.width + tap] as number;
        if (weight > 0) sum += weight * (columns[source + tap * line + column] as number);
      }
      resampled[row * line + column] = sum + 0.5;
    }
  }
  return { data: resampled, width, height };
}

/** Resamples rows `top` to `bottom`, counted in strides, to `width` pixels each. */
function shrinkColumns(
  { data, width: imageWidth, height }: Pixels,
  across: ReturnType<typeof axis>,
  width: number,
  top: number,
  bottom: number,
  stride: number,
): Float32Array {
  const rows = new Float32Array((bottom - top) * width * 3);
  const [step, half] = [across.stride * 3, (across.stride >> 1) * 3];
  for (let row = top, out = 0; row < bottom; row++) {
    const line = Math.min(row * stride + (stride >> 1), height - 1) * imageWidth * 3 + half;
    for (let column = 0; column < width; column++, out += 3) {
      let [red, green, blue] = [0, 0, 0];
      let source = line + (across.first[column] as number) * step;
      const end = (column + 1) * across.width;
      for (let tap = column * across.width; tap < end; tap++, source += step) {
        const weight = across.weights[tap] as number;
        if (weight === 0) continue;
        red += weight * (data[source] as number);
        green += weight * (data[source + 1] as number);
        blue += weight * (data[source + 2] as number);
      }
      rows[out] = red;
      rows[out + 1] = green;
      rows[out + 2] = blue;
    }
  }
  return rows;
}
