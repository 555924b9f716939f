import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import sharp, { type Sharp } from 'sharp';

const SAMPLES = path.resolve(import.meta.dirname, '..', 'samples');

/** A photo to measure with. */
export interface BenchPhoto {
  readonly name: string;
  readonly jpeg: Buffer;
  readonly width: number;
  readonly height: number;
}

/** Three photos made of the samples, with as many faces as their names say. */
export async function countedPhotos(): Promise<BenchPhoto[]> {
  return Promise.all([
    photo('1 face', sharp(sample('astronaut.jpg'))),
    photo('5 faces', sharp(sample('oath.jpg')).extract({ left: 400, top: 0, width: 1210, height: 820 })),
    photo('12 faces', await twelveHeads()),
  ]);
}

/** The sample photos as they are. */
export async function samplePhotos(): Promise<BenchPhoto[]> {
  const names = (await readdir(SAMPLES)).filter((name) => name.endsWith('.jpg')).sort();
  return Promise.all(
    names.map(async (name) => {
      const jpeg = await readFile(sample(name));
      const { autoOrient } = await sharp(jpeg).metadata();
      return { name, jpeg, width: autoOrient.width, height: autoOrient.height };
    }),
  );
}

/** As a camera takes it: 12 megapixels, the people in it 5 to 10 % of its width. */
export async function cameraPhoto(): Promise<BenchPhoto> {
  const group = sharp(sample('oath.jpg')).extract({ left: 400, top: 0, width: 1093, height: 820 });
  // Film grain, as a photo that was made larger has less detail to decode than one of that size.
  const noise = { type: 'gaussian' as const, mean: 128, sigma: 12 };
  const grain = await sharp({ create: { width: 4032, height: 3024, channels: 3, background: '#888', noise } })
    .png({ compressionLevel: 0 })
    .toBuffer();
  return photo(
    '12 megapixels',
    sharp(await group.resize(4032, 3024, { fit: 'fill' }).toBuffer()).composite([
      { input: grain, blend: 'soft-light' },
    ]),
  );
}

const sample = (name: string) => path.join(SAMPLES, name);

async function photo(name: string, image: Sharp): Promise<BenchPhoto> {
  const { data, info } = await image.jpeg({ quality: 90 }).toBuffer({ resolveWithObject: true });
  return { name, jpeg: data, width: info.width, height: info.height };
}

/** Four columns and three rows of heads of 400 pixels. */
async function twelveHeads(): Promise<Sharp> {
  const [columns, rows, side] = [4, 3, 400];
  const heads = await Promise.all([
    sharp(sample('astronaut.jpg')).extract({ left: 130, top: 20, width: 190, height: 190 }).toBuffer(),
    sharp(sample('hopper.jpg')).extract({ left: 85, top: 30, width: 360, height: 360 }).toBuffer(),
    sharp(sample('lincoln.jpg'))
      .autoOrient()
      .extract({ left: 24, top: 20, width: 760, height: 760 })
      .toBuffer(),
  ]);
  const tiles = await Promise.all(
    Array.from({ length: columns * rows }, async (_, index) => ({
      input: await sharp(heads[index % heads.length])
        .resize(side, side)
        .toBuffer(),
      left: (index % columns) * side,
      top: Math.floor(index / columns) * side,
    })),
  );
  const blank = { width: columns * side, height: rows * side, channels: 3 as const, background: '#888' };
  return sharp(await sharp({ create: blank }).composite(tiles).png().toBuffer());
}
