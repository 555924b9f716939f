import { readFile } from 'node:fs/promises';
import sharp from 'sharp';
import { parseConfig } from '../../infra/config.ts';
import type { PhotoChips } from '../../models/photo-chips.ts';
import { fixtures } from '../../test/fixtures/index.ts';
import { pixelLimit } from '../../vision/photo.ts';
import { cutPhoto } from '../builtins.ts';
import { effort, few } from '../effort.ts';
import { Functions } from '../functions.ts';
import { cameraPhoto, countedPhotos, samplePhotos } from '../photos.ts';
import { markdownTable, ms } from '../table.ts';

/**
 * How much memory each function needs, by the photo, alone and in a batch, and what CPU time a message takes once
 * the function is warm: what the memory sizes in `infra/config.ts` were chosen by.
 */

const { batchSize, maximumPixels } = parseConfig({});
const PIXELS = effort(maximumPixels, 100_000);
const sideOf = (format: string) => Math.floor(Math.sqrt(pixelLimit(format, PIXELS)));

interface Case {
  readonly name: string;
  readonly title: string;
  /** A photo, or chips. */
  readonly input: Uint8Array | PhotoChips;
}

async function photoCases(): Promise<Case[]> {
  const noise = { type: 'gaussian' as const, mean: 128, sigma: 20 };
  const largest = (format: string) => {
    const side = sideOf(format);
    return sharp({ create: { width: side, height: side, channels: 3, background: '#888', noise } });
  };
  const photos = [
    ...(await samplePhotos()).map(({ name, jpeg }) => [name, jpeg] as const),
    ['12 megapixels', (await cameraPhoto()).jpeg],
    ['120 faces', await readFile(await fixtures.crowd())],
    ['largest JPEG', await largest('JPEG').jpeg({ quality: 60 }).toBuffer()],
    ['largest JPEG, progressive', await largest('JPEG').jpeg({ quality: 60, progressive: true }).toBuffer()],
    ['largest AVIF', await largest('AVIF').avif({ effort: 0, quality: 20 }).toBuffer()],
  ] as const;
  return photos.map(([title, input]) => ({ name: 'detect', title, input }));
}

async function chipCases(): Promise<Case[]> {
  const [portrait] = await countedPhotos();
  const { specs, chips } = await cutPhoto(portrait?.jpeg ?? Buffer.alloc(0));
  return [1, 10, 100].map((faces) => ({
    name: 'age',
    title: `chips of ${faces} ${faces === 1 ? 'face' : 'faces'}`,
    input: { specs, chips: Buffer.concat(Array.from({ length: faces }, () => chips)) },
  }));
}

const functions = await Functions.start();
const rows: string[][] = [];
for (const { name, title, input } of [...few(await photoCases()), ...few(await chipCases())]) {
  const one = await functions.invoke(name, input);
  const batch = await functions.invoke(name, input, batchSize);
  rows.push([
    `${name}, ${title}`,
    ms(one.memory),
    ms(batch.memory),
    ms(one.cpu),
    ms((batch.cpu - one.cpu) / (batchSize - 1)),
  ]);
}
await functions.stop();
console.log(`### Memory

The most that a function's process takes, in MiB, and its CPU time, in milliseconds: for the first message after its
start, and for each further one. Largest photos are of ${sideOf('JPEG')} × ${sideOf('JPEG')} pixels, in AVIF ${sideOf('AVIF')} × ${sideOf('AVIF')}: the
most that is accepted.

${markdownTable(
  ['function and photo', 'memory', `with a batch of ${batchSize}`, 'CPU time, first', 'further'],
  rows,
)}
`);
