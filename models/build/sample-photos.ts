import { readdir } from 'node:fs/promises';
import path from 'node:path';
import sharp from 'sharp';
import type { NetworkInput } from './ranges.ts';

const SAMPLES = path.resolve(import.meta.dirname, '..', '..', 'samples');
/** As large as the detector sees most photos. */
const LONGEST_SIDE = 512;
/** CenterFace halves its input five times. */
const MULTIPLE = 32;

/** The sample photos' files. */
export async function samplePhotoFiles(): Promise<string[]> {
  const names = await readdir(SAMPLES);
  return names
    .filter((name) => /\.(jpg|png)$/.test(name))
    .sort()
    .map((name) => path.join(SAMPLES, name));
}

/** The sample photos as a detector sees them: upright RGB, made small, each side a multiple of 32. */
export async function samplePhotos(): Promise<NetworkInput[]> {
  return Promise.all(
    (await samplePhotoFiles()).map(async (file) => {
      const { autoOrient } = await sharp(file).metadata();
      const scale = LONGEST_SIDE / Math.max(autoOrient.width, autoOrient.height) / MULTIPLE;
      const toMultiple = (side: number) => Math.max(1, Math.round(side * scale)) * MULTIPLE;
      const [width, height] = [toMultiple(autoOrient.width), toMultiple(autoOrient.height)];
      const data = await sharp(file)
        .autoOrient()
        .resize({ width, height, fit: 'fill', kernel: 'linear' })
        .toColourspace('srgb')
        .raw()
        .toBuffer();
      return { shape: [1, height, width, 3], data };
    }),
  );
}
