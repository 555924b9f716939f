import type { BoundingBox, Pixels } from './engine.ts';

/** Weights are whole numbers that add up to this: integers are twice as fast as floats here. */
const ONE = 1 << 14;
/** Rows between the two passes are kept in 256ths. */
const [TO_ROWS, FROM_ROWS] = [6, 22];

/** Which source pixels make up each target pixel along one axis, and with which weight. */
interface Taps {
  /** Index of the first source pixel of each target pixel, in strides. */
  readonly first: Int32Array;
  /** `width` weights for each target pixel, adding up to `ONE`. */
  readonly weights: Int32Array;
  readonly width: number;
  /** Only every `stride`-th source pixel is read, the one in the middle of its stride. */
  readonly stride: number;
}

/** At strong reductions only every n-th source pixel is read, so that each target pixel still averages six or more. */
const strideFor = (length: number, target: number): number => Math.max(1, Math.floor(length / target / 3));

/**
 * Triangle filter taps that map source pixels `start` to `start + length` (fractions allowed) onto `target`
 * pixels. Shrinking widens the triangle by the scale, so that no stride is skipped; pixels beyond 0 to `limit`
 * are left out and the rest weighted up. The filter is Pillow's and libvips' "bilinear".
 */
function triangleTaps(start: number, length: number, target: number, limit: number): Taps {
  const stride = strideFor(length, target);
  const scale = length / stride / target;
  const support = Math.max(1, scale);
  const available = Math.floor(limit / stride);
  const width = Math.min(available, Math.ceil(2 * support));
  const first = new Int32Array(target);
  const weights = new Int32Array(target * width);
  const shares = new Float64Array(width);
  for (let index = 0; index < target; index++) {
    const centre = start / stride + (index + 0.5) * scale;
    const from = Math.min(Math.max(0, Math.floor(centre - support - 0.5) + 1), available - width);
    first[index] = from;
    for (let tap = 0; tap < width; tap++) {
      shares[tap] = Math.max(0, 1 - Math.abs((from + tap + 0.5 - centre) / support));
    }
    setWeights(weights, index * width, shares);
  }
  return { first, weights, width, stride };
}

/** Scales `shares` so that they add up to `ONE`, each rounded so that what was lost before is made up for. */
function setWeights(weights: Int32Array, offset: number, shares: Float64Array): void {
  const scale = ONE / (shares.reduce((sum, share) => sum + share) || 1);
  let exact = 0;
  let given = 0;
  for (let tap = 0; tap < shares.length; tap++) {
    exact += (shares[tap] as number) * scale;
    const weight = Math.round(exact) - given;
    weights[offset + tap] = weight;
    given += weight;
  }
}

/**
 * Resamples the part of `image` inside `box`, which must lie within it, to `width` × `height` pixels.
 * Separable: columns first, for the rows that are needed, then rows. Its cost depends on the target's size,
 * hardly on the source's.
 */
export function resample(image: Pixels, box: BoundingBox, width: number, height: number): Pixels {
  const across = triangleTaps(box.x, box.width, width, image.width);
  const down = triangleTaps(box.y, box.height, height, image.height);
  const top = down.first[0] as number;
  const bottom = (down.first[height - 1] as number) + down.width;
  const columns = shrinkColumns(image, across, width, top, bottom, down.stride);
  const data = new Uint8Array(width * height * 3);
  const line = width * 3;
  const sums = new Int32Array(line);
  for (let row = 0; row < height; row++) {
    sums.fill(1 << (FROM_ROWS - 1));
    let source = ((down.first[row] as number) - top) * line;
    for (let tap = row * down.width; tap < (row + 1) * down.width; tap++) {
      const weight = down.weights[tap] as number;
      for (let column = 0; column < line; column++, source++) {
        sums[column] = (sums[column] as number) + Math.imul(weight, columns[source] as number);
      }
    }
    for (let column = 0; column < line; column++) {
      data[row * line + column] = (sums[column] as number) >> FROM_ROWS;
    }
  }
  return { data, width, height };
}

/** Reused, as garbage of this size keeps the collector busier than resampling does the processor. */
let scratch = new Uint16Array();

function scratchOf(length: number): Uint16Array {
  if (scratch.length < length) scratch = new Uint16Array(length);
  return scratch;
}

/** Resamples rows `top` to `bottom`, counted in strides, to `width` pixels each, in 256ths. */
function shrinkColumns(
  { data, width: imageWidth, height }: Pixels,
  across: Taps,
  width: number,
  top: number,
  bottom: number,
  stride: number,
): Uint16Array {
  const rows = scratchOf((bottom - top) * width * 3);
  const [step, half] = [across.stride * 3, (across.stride >> 1) * 3];
  const rounding = 1 << (TO_ROWS - 1);
  for (let row = top, out = 0; row < bottom; row++) {
    const line = Math.min(row * stride + (stride >> 1), height - 1) * imageWidth * 3 + half;
    for (let column = 0; column < width; column++, out += 3) {
      let [red, green, blue] = [rounding, rounding, rounding];
      let source = line + (across.first[column] as number) * step;
      const end = (column + 1) * across.width;
      for (let tap = column * across.width; tap < end; tap++, source += step) {
        const weight = across.weights[tap] as number;
        red += Math.imul(weight, data[source] as number);
        green += Math.imul(weight, data[source + 1] as number);
        blue += Math.imul(weight, data[source + 2] as number);
      }
      rows[out] = red >> TO_ROWS;
      rows[out + 1] = green >> TO_ROWS;
      rows[out + 2] = blue >> TO_ROWS;
    }
  }
  return rows;
}
