import type { BoundingBox, Pixels } from './engine.ts';

/** Each pixel is the mean of at most this many each way: more would look no different and take longer. */
const MOST_SAMPLES = 4;

/**
 * Makes a part of an image smaller by a whole number: each pixel is the mean of its square, or of evenly spread
 * pixels of it. What is left over on the right and below is left out.
 *
 * @param part whole pixels, at least `factor` wide and high
 */
export function shrink(image: Pixels, part: BoundingBox, factor: number): Pixels {
  const width = Math.floor(part.width / factor);
  const height = Math.floor(part.height / factor);
  const stride = Math.ceil(factor / MOST_SAMPLES);
  const samples = Math.floor((factor - 1) / stride) + 1;
  const first = (factor - 1 - (samples - 1) * stride) >> 1;
  const { data, width: imageWidth } = image;
  const shrunk = new Uint8Array(width * height * 3);
  const sums = new Uint16Array(width * 3);
  const divisor = samples * samples;
  // Whole numbers: a product and a shift instead of a division.
  const share = Math.ceil((1 << 20) / divisor);
  const rounding = divisor >> 1;
  const [across, step] = [factor * 3, stride * 3];
  for (let row = 0; row < height; row++) {
    sums.fill(rounding);
    for (let sample = 0; sample < samples; sample++) {
      const y = part.y + row * factor + first + sample * stride;
      let start = (y * imageWidth + part.x + first) * 3;
      for (let column = 0; column < sums.length; column += 3, start += across) {
        let [red, green, blue] = [0, 0, 0];
        for (let source = start; source < start + samples * step; source += step) {
          red += data[source] as number;
          green += data[source + 1] as number;
          blue += data[source + 2] as number;
        }
        sums[column] = (sums[column] as number) + red;
        sums[column + 1] = (sums[column + 1] as number) + green;
        sums[column + 2] = (sums[column + 2] as number) + blue;
      }
    }
    const out = row * sums.length;
    for (let column = 0; column < sums.length; column++) {
      shrunk[out + column] = Math.imul(sums[column] as number, share) >> 20;
    }
  }
  return { data: shrunk, width, height };
}
