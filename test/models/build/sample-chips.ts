import path from 'node:path';
import { type Tensor4D, tensor4d } from '@tensorflow/tfjs-core';
import sharp from 'sharp';

const SAMPLES = path.resolve(import.meta.dirname, '..', '..', '..', 'samples');
/** Faces of sample photos: left, top and side, in pixels. */
const FACES = [
  ['astronaut.jpg', 146, 14, 176],
  ['lincoln.jpg', 130, 120, 540],
] as const;

/** Two faces as chips, 2 × side × side × 3. */
export async function sampleChips(side: number): Promise<Tensor4D> {
  const chips = await Promise.all(
    FACES.map(([file, left, top, extent]) =>
      sharp(path.join(SAMPLES, file))
        .extract({ left, top, width: extent, height: extent })
        .resize(side, side)
        .removeAlpha()
        .toColourspace('srgb')
        .raw()
        .toBuffer(),
    ),
  );
  return tensor4d(Float32Array.from(Buffer.concat(chips)), [FACES.length, side, side, 3]);
}
