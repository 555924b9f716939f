import type { Pixels } from '../vision/engine.ts';

/**
 * An image with the grain of a sensor, the same each time.
 * @param deviation of the noise, in steps of a byte
 */
export function addNoise<Image extends Pixels>(image: Image, deviation: number): Image {
  // A linear congruential generator.
  let state = 1;
  const random = () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32 - 0.5;
  };
  // The sum of three uniform numbers is near enough to a Gaussian.
  const data = image.data.map((value) =>
    Math.min(255, Math.max(0, Math.round(value + 2 * deviation * (random() + random() + random())))),
  );
  return { ...image, data };
}
