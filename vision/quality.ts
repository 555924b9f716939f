import type * as z from 'zod';
import { blockinessOf } from './blockiness.ts';
import { cutAligned } from './chips.ts';
import type { DetectedFace, Pixels } from './engine.ts';
import type { qualitySchema } from './face.ts';
import { frameOf } from './frame.ts';
import { poseOf } from './pose.ts';

export type Quality = z.infer<typeof qualitySchema>;

/** What is looked at: the face alone, in a size in which the detail that people call sharp is a few pixels wide. */
const CHIP = { side: 80, extent: 0.9 };
/** Keeps flat faces from looking sharp by their noise: added to the deviation that detail is compared with. */
const LEAST_DEVIATION = 16;
/**
 * What noise of variance 1 is taken to add to the mean square of the Laplacian. The sum of its squared weights is 20; a little
 * more keeps noise from ever passing for detail.
 */
const NOISE_IN_LAPLACIAN = 24;
/** A face of twice the size shows more detail, by this power; faces of the neutral size, in pixels, keep theirs. */
const SIZE = { power: 0.4, neutral: 100 };
/** Detail, noise (in levels), blockiness and contrast (in levels) at which their share of the score is a half. */
const HALF = { detail: 0.1, noise: 5, blockiness: 2, contrast: 10 };
/** Mean and single luma from which a face is overexposed. */
const OVEREXPOSED = { mean: 110, pixel: 250 };
const WHITE = 255;

/**
 * How good a picture of a face is, without a network.
 *
 * Sharpness is the Laplacian's root mean square over the deviation of luma: detail relative to contrast (Pertuz et al.,
 * "Analysis of focus measure operators for shape-from-focus", 2013, LAP4), at a fixed size of the face, so that photos of any
 * size compare. What noise adds to it is taken away; the noise is Immerkær's estimate ("Fast noise variance
 * estimation", 1996), whose mask sees no edges. Brightness is the mean of luma, contrast its root mean square (Peli,
 * "Contrast in complex images", 1990). The score is sharpness, lowered by noise, by the blocks of compression, by lack of
 * contrast and by overexposure. Darkness as such does not lower it: a dark face may be one of dark skin. Pose does not,
 * either.
 *
 * @param face in pixels of the image
 * @param scale from pixels of the image to those of the photo
 */
export function measureQuality(image: Pixels, face: DetectedFace, scale: number): Quality {
  const frame = frameOf(face);
  const { detail, noise, mean, deviation, overexposed } = measure(
    lumaOf(cutAligned(image, frame, CHIP)),
    CHIP.side,
  );
  const size = frame.size * scale;
  const clean = Math.sqrt(Math.max(0, detail ** 2 - NOISE_IN_LAPLACIAN * noise ** 2));
  const relative = (clean / (deviation + LEAST_DEVIATION)) * (frame.size / SIZE.neutral) ** SIZE.power;
  const sharpness = relative / (relative + HALF.detail);
  const silence = 1 / (1 + (noise / HALF.noise) ** 2);
  const smoothness = 1 / (1 + blockinessOf(image, face.box, scale) / HALF.blockiness);
  const excess = Math.max(0, mean - OVEREXPOSED.mean) / (WHITE - OVEREXPOSED.mean);
  const exposure = (1 - overexposed) * (1 - excess ** 2);
  const contrast = deviation / (deviation + HALF.contrast);
  const { yaw, pitch, roll } = poseOf(face);
  return {
    score: tenth(100 * sharpness * silence * smoothness * exposure * contrast),
    sharpness: tenth(100 * sharpness),
    brightness: tenth((100 * mean) / WHITE),
    // Half of the pixels black and half white: the most there can be.
    contrast: tenth(Math.min(100, (200 * deviation) / WHITE)),
    pose: { yaw: tenth(yaw), pitch: tenth(pitch), roll: tenth(roll) },
    size: tenth(size),
  };
}

/** By ITU-R BT.601. */
function lumaOf(chip: Uint8Array): Float32Array {
  const luma = new Float32Array(chip.length / 3);
  for (let pixel = 0, at = 0; pixel < luma.length; pixel++, at += 3) {
    luma[pixel] =
      0.299 * (chip[at] as number) + 0.587 * (chip[at + 1] as number) + 0.114 * (chip[at + 2] as number);
  }
  return luma;
}

function measure(luma: Float32Array, side: number) {
  let sum = 0;
  let squares = 0;
  let bright = 0;
  for (let at = 0; at < luma.length; at++) {
    const value = luma[at] as number;
    sum += value;
    squares += value * value;
    if (value >= OVEREXPOSED.pixel) bright++;
  }
  let laplacians = 0;
  let responses = 0;
  for (let row = 1; row < side - 1; row++) {
    const end = (row + 1) * side - 1;
    for (let at = row * side + 1; at < end; at++) {
      const above = at - side;
      const below = at + side;
      const middle = 4 * (luma[at] as number);
      const sides =
        (luma[at - 1] as number) +
        (luma[at + 1] as number) +
        (luma[above] as number) +
        (luma[below] as number);
      const corners =
        (luma[above - 1] as number) +
        (luma[above + 1] as number) +
        (luma[below - 1] as number) +
        (luma[below + 1] as number);
      const laplacian = sides - middle;
      laplacians += laplacian * laplacian;
      responses += Math.abs(corners - 2 * sides + middle);
    }
  }
  const inner = (side - 2) ** 2;
  const mean = sum / luma.length;
  return {
    detail: Math.sqrt(laplacians / inner),
    noise: (Math.sqrt(Math.PI / 2) * responses) / (6 * inner),
    mean,
    deviation: Math.sqrt(Math.max(0, squares / luma.length - mean * mean)),
    overexposed: bright / luma.length,
  };
}

const tenth = (value: number): number => Math.round(value * 10) / 10;
