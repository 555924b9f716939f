import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import sharp, { type Sharp } from 'sharp';
import { effort } from './effort.ts';

const SAMPLES = path.resolve(import.meta.dirname, '..', 'samples');

/** A photo to measure with. */
export interface BenchPhoto {
  readonly name: string;
  readonly jpeg: Buffer;
  readonly width: number;
  readonly height: number;
}

/** Three photos made of the samples, with as many faces as their names say, which all detectors find. */
export async function countedPhotos(): Promise<BenchPhoto[]> {
  return Promise.all([
    photo('1 face', sharp(sample('astronaut.jpg'))),
    photo('5 faces', await heads(5, 3, 2)),
    photo('12 faces', await heads(12, 4, 3)),
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
  const [width, height] = [effort(4032, 504), effort(3024, 378)];
  const group = sharp(sample('oath.jpg')).extract({ left: 400, top: 0, width: 1093, height: 820 });
  // Film grain, as a photo that was made larger has less detail to decode than one of that size.
  const noise = { type: 'gaussian' as const, mean: 128, sigma: 12 };
  const grain = await sharp({ create: { width, height, channels: 3, background: '#888', noise } })
    .png({ compressionLevel: 0 })
    .toBuffer();
  return photo(
    '12 megapixels',
    sharp(await group.resize(width, height, { fit: 'fill' }).toBuffer()).composite([
      { input: grain, blend: 'soft-light' },
    ]),
  );
}

const sample = (name: string) => path.join(SAMPLES, name);

async function photo(name: string, image: Sharp): Promise<BenchPhoto> {
  const { data, info } = await image.jpeg({ quality: 90 }).toBuffer({ resolveWithObject: true });
  return { name, jpeg: data, width: info.width, height: info.height };
}

/** Side of a tile, in pixels. */
const TILE = 400;

/** As many heads as fit into columns and rows, of four people in turn; the places left over show coffee. */
async function heads(count: number, columns: number, rows: number): Promise<Sharp> {
  const people = await Promise.all([
    tile('astronaut.jpg', 130, 20, 190),
    tile('oath.jpg', 680, 185, 200),
    tile('oath.jpg', 905, 220, 200),
    tile('oath.jpg', 1420, 145, 200),
  ]);
  const coffee = await tile('coffee.jpg', 100, 0, 400);
  const tiles = Array.from({ length: columns * rows }, (_, index) => ({
    input: (index < count && people[index % people.length]) || coffee,
    left: (index % columns) * TILE,
    top: Math.floor(index / columns) * TILE,
  }));
  const blank = { width: columns * TILE, height: rows * TILE, channels: 3 as const, background: '#888' };
  return sharp({ create: blank }).composite(tiles);
}

function tile(name: string, left: number, top: number, size: number): Promise<Buffer> {
  return sharp(sample(name)).extract({ left, top, width: size, height: size }).resize(TILE).toBuffer();
}
