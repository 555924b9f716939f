import { readFile } from 'node:fs/promises';
import { deflateSync } from 'node:zlib';
import sharp, { type Sharp } from 'sharp';
import { parseConfig } from '../infra/config.ts';
import {
  asTwelveBits,
  circularTiff,
  encodeBlankPng,
  encodeBlankTiff,
  encodeTiff,
  endlessTiff,
  pngChunk,
  tiffPage,
} from '../test/fixtures/formats.ts';
import { fixtures, samples } from '../test/fixtures/index.ts';
import { MAXIMUM_SIDE, pixelLimit } from '../vision/photo.ts';

/** Pictures that are made to take a decoder's time, memory or life. Each is made when it is asked for: some are large. */
export type HostilePictures = Readonly<Record<string, () => Promise<Buffer> | Buffer>>;

const { maximumPixels } = parseConfig({});
/** Side of the largest square, in pixels. */
const SIDE = Math.floor(Math.sqrt(maximumPixels));
const INTERLACED = pixelLimit('interlaced PNG', maximumPixels);
const INTERLACED_SIDE = Math.floor(Math.sqrt(INTERLACED));
const AVIF_SIDE = Math.floor(Math.sqrt(pixelLimit('AVIF', maximumPixels)));
/** The other side of the longest row or column. */
const SHORT = Math.floor(maximumPixels / MAXIMUM_SIDE);
/** The longest side of a JPEG, and of a WebP. */
const LONGEST = { jpeg: 65_500, webp: 16_383 };
/** A side of this many pixels, which few formats refuse to have. */
const ENDLESS = 60_000_000;

const blank = (width: number, height: number, channels: 3 | 4 = 3) =>
  sharp({ create: { width, height, channels, background: '#876' } });
const noise = (side: number) =>
  sharp({
    create: {
      width: side,
      height: side,
      channels: 3,
      background: '#888',
      noise: { type: 'gaussian', mean: 128, sigma: 40 },
    },
  });
const portrait = () => sharp(samples.hopper).resize(256);

async function portraitTiff(tags: Record<number, number | number[]> = {}) {
  const { data, info } = await portrait().raw().toBuffer({ resolveWithObject: true });
  return tiffPage({ data, width: info.width, height: info.height }, tags);
}

/** Writes a number over part of a file. */
function lie(file: Buffer, at: number, value: number, bytes: 2 | 4, littleEndian = false): Buffer {
  if (littleEndian) file.writeUIntLE(value, at, bytes);
  else file.writeUIntBE(value, at, bytes);
  return file;
}

const JPEG_SCAN = Buffer.from([0xff, 0xda]);
/** Where a JPEG says its height, and its width two bytes further. */
const jpegSize = (file: Buffer) =>
  Math.max(file.indexOf('\xff\xc0', 0, 'latin1'), file.indexOf('\xff\xc2', 0, 'latin1')) + 5;

/** A progressive JPEG whose last scan comes again and again. */
async function repeatScans(picture: Sharp, times: number): Promise<Buffer> {
  const jpeg = await picture.jpeg({ progressive: true, quality: 30 }).toBuffer();
  const scan = jpeg.subarray(jpeg.lastIndexOf(JPEG_SCAN), -2);
  return Buffer.concat([
    jpeg.subarray(0, -2),
    ...Array.from({ length: times }, () => scan),
    jpeg.subarray(-2),
  ]);
}

/** A JPEG with this many segments of comments before its image. */
async function withSegments(marker: number, count: number, bytes: number): Promise<Buffer> {
  const jpeg = await portrait().jpeg().toBuffer();
  const segment = Buffer.alloc(bytes + 4, ' ');
  segment.writeUInt16BE(marker, 0);
  segment.writeUInt16BE(bytes + 2, 2);
  return Buffer.concat([
    jpeg.subarray(0, 2),
    ...Array.from({ length: count }, () => segment),
    jpeg.subarray(2),
  ]);
}

/** An animation, or pages one after another, of one pixel each. */
const frames = (count: number) =>
  sharp(Buffer.alloc(count * 3), { raw: { width: 1, height: count, channels: 3, pageHeight: 1 } });

const words = (bytes: number) =>
  Buffer.concat([Buffer.from('comment\0\0', 'latin1'), deflateSync(Buffer.alloc(bytes, 'a'))]);
const profile = (bytes: number) =>
  Buffer.concat([Buffer.from('icc\0\0', 'latin1'), deflateSync(Buffer.alloc(bytes))]);
const repeated = <Value>(count: number, value: Value): Value[] => Array.from({ length: count }, () => value);

/** Changes one tag of the first directory of a TIFF that `encodeTiff` made. */
function retag(tiff: Buffer, tag: number, type: number, count: number, value: number): Buffer {
  const directory = tiff.readUInt32LE(4);
  for (let entry = directory + 2; entry < tiff.length - 12; entry += 12) {
    if (tiff.readUInt16LE(entry) !== tag) continue;
    tiff.writeUInt16LE(type, entry + 2);
    tiff.writeUInt32LE(count, entry + 4);
    tiff.writeUInt32LE(value, entry + 8);
    break;
  }
  return tiff;
}

/** A GIF whose screen is larger than its only frame. */
async function gifScreen(width: number, height: number): Promise<Buffer> {
  const gif = await portrait().gif({ effort: 1 }).toBuffer();
  return lie(lie(gif, 6, width, 2, true), 8, height, 2, true);
}

/** Where an AVIF says its width, and its height four bytes further. */
const avifSize = (file: Buffer) => file.indexOf('ispe') + 8;

export const hostilePictures: HostilePictures = {
  // Sides.
  'PNG, one row of 60 million': () => encodeBlankPng(ENDLESS, 1, { depth: 16, samples: 4 }),
  'PNG, one column of 60 million': () => encodeBlankPng(1, ENDLESS),
  'PNG, interlaced, one row of 60 million': () => encodeBlankPng(ENDLESS, 1, { interlaced: true }),
  'TIFF, one row of 60 million': () => encodeBlankTiff(ENDLESS, 1, { depth: 16, samples: 4 }),
  'TIFF, one row of 60 million, float': () =>
    encodeBlankTiff(ENDLESS, 1, { depth: 32, samples: 4, float: true }),
  'TIFF, one column of 60 million': () => encodeBlankTiff(1, ENDLESS),
  'PNG, longest row': () => encodeBlankPng(MAXIMUM_SIDE, SHORT, { depth: 16, samples: 4 }),
  'PNG, longest column': () => encodeBlankPng(SHORT, MAXIMUM_SIDE, { depth: 16, samples: 4 }),
  'PNG, longest row, interlaced': () =>
    encodeBlankPng(MAXIMUM_SIDE, Math.floor(INTERLACED / MAXIMUM_SIDE), {
      depth: 16,
      samples: 4,
      interlaced: true,
    }),
  'PNG, longest column, interlaced': () =>
    encodeBlankPng(Math.floor(INTERLACED / MAXIMUM_SIDE), MAXIMUM_SIDE, {
      depth: 16,
      samples: 4,
      interlaced: true,
    }),
  'PNG, longest row of all': () => encodeBlankPng(MAXIMUM_SIDE, 1),
  'PNG, longest column of all': () => encodeBlankPng(1, MAXIMUM_SIDE),
  'TIFF, longest row, float': () =>
    encodeBlankTiff(MAXIMUM_SIDE, SHORT, { depth: 32, samples: 4, float: true }),
  'TIFF, longest column, float': () =>
    encodeBlankTiff(SHORT, MAXIMUM_SIDE, { depth: 32, samples: 4, float: true }),
  'TIFF, longest row': () => encodeBlankTiff(MAXIMUM_SIDE, SHORT, { depth: 16, samples: 4 }),
  'JPEG, longest row': () => blank(MAXIMUM_SIDE, SHORT).jpeg().toBuffer(),
  'JPEG, longest column, progressive': () =>
    blank(SHORT, MAXIMUM_SIDE).jpeg({ progressive: true }).toBuffer(),
  'JPEG, too long a row': () => blank(LONGEST.jpeg, 8).jpeg().toBuffer(),
  'WebP, longest row': () => blank(LONGEST.webp, 3_900).webp({ effort: 0 }).toBuffer(),
  'GIF, longest row': () => gifScreen(MAXIMUM_SIDE, SHORT),
  'GIF, largest screen there is': () => gifScreen(65_535, 65_535),

  // As much as is accepted.
  'PNG, largest, 16-bit RGBA': () => encodeBlankPng(SIDE, SIDE, { depth: 16, samples: 4 }),
  'PNG, largest, 16-bit RGBA, interlaced': () =>
    encodeBlankPng(INTERLACED_SIDE, INTERLACED_SIDE, { depth: 16, samples: 4, interlaced: true }),
  'PNG, largest, 1 bit': () => encodeBlankPng(SIDE, SIDE),
  'PNG, too large': () => encodeBlankPng(30_000, 30_000),
  'TIFF, largest, float RGBA': () => encodeBlankTiff(SIDE, SIDE, { depth: 32, samples: 4, float: true }),
  'TIFF, largest, 64-bit float': () => encodeBlankTiff(SIDE, SIDE, { depth: 64, samples: 3, float: true }),
  'TIFF, largest, 1 bit': () => encodeBlankTiff(SIDE, SIDE, { depth: 1, samples: 1 }),
  'TIFF, largest, 64 bands': () => encodeBlankTiff(1_000, 1_000, { samples: 64 }),
  'TIFF, largest, in tiles of 16': () =>
    blank(SIDE, SIDE).tiff({ tile: true, tileWidth: 16, tileHeight: 16, compression: 'lzw' }).toBuffer(),
  'TIFF, largest, in one tile': () =>
    blank(SIDE, SIDE)
      .tiff({ tile: true, tileWidth: 8_192, tileHeight: 8_192, compression: 'deflate' })
      .toBuffer(),
  'TIFF, JPEG in it, largest': () => noise(4_000).tiff({ compression: 'jpeg' }).toBuffer(),
  'JPEG, largest, noise': () => noise(SIDE).jpeg({ quality: 60 }).toBuffer(),
  'JPEG, largest, progressive, noise': () => noise(SIDE).jpeg({ quality: 60, progressive: true }).toBuffer(),
  'JPEG, largest, CMYK': () => blank(SIDE, SIDE).toColourspace('cmyk').jpeg().toBuffer(),
  'WebP, largest, lossless RGBA': () => blank(SIDE, SIDE, 4).webp({ lossless: true, effort: 0 }).toBuffer(),
  'WebP, large, noise': () => noise(4_000).webp({ effort: 0 }).toBuffer(),
  'AVIF, largest': () => blank(AVIF_SIDE, AVIF_SIDE).avif({ effort: 0 }).toBuffer(),
  'AVIF, largest, 4:4:4, lossless': () =>
    blank(AVIF_SIDE, AVIF_SIDE).avif({ effort: 0, lossless: true }).toBuffer(),
  'AVIF, large, noise': () => noise(2_500).avif({ effort: 0, quality: 40 }).toBuffer(),
  'GIF, largest screen accepted': () => gifScreen(SIDE, SIDE),
  'GIF, large, noise': () => noise(3_000).gif({ effort: 1 }).toBuffer(),

  // Scans, pages, frames.
  'JPEG, scans repeated, small': () => repeatScans(portrait(), 3_000),
  'JPEG, scans repeated, large': () => repeatScans(blank(SIDE, SIDE), 90),
  'JPEG, scans repeated, larger than any': () => repeatScans(blank(SIDE, SIDE), 1_000),
  'GIF, 20,000 frames': () => frames(20_000).gif({ effort: 1 }).toBuffer(),
  'WebP, 5,000 frames': () => frames(5_000).webp({ effort: 0 }).toBuffer(),
  'TIFF, 20,000 pages': async () => encodeTiff(repeated(20_000, await onePixelPage())),
  'TIFF, pages in a circle': async () => {
    const tiff = encodeTiff([await portraitTiff()]);
    const directory = tiff.readUInt32LE(4);
    return lie(tiff, directory + 2 + 12 * tiff.readUInt16LE(directory), directory, 4, true);
  },
  'TIFF, a child that is its parent': async () => {
    const page = await portraitTiff({ 254: 1 });
    const tiff = encodeTiff([{ ...page, children: [page] }]);
    return retag(tiff, 330, 4, 1, tiff.readUInt32LE(4));
  },

  // Profiles, EXIF, comments.
  'PNG, profile of 64 MB': () =>
    encodeBlankPng(64, 64, { depth: 8, samples: 3, chunks: [pngChunk('iCCP', profile(64_000_000))] }),
  'PNG, comment of 200 MB': () => encodeBlankPng(64, 64, { chunks: [pngChunk('zTXt', words(200_000_000))] }),
  'PNG, 50,000 comments': () =>
    encodeBlankPng(64, 64, { chunks: repeated(50_000, pngChunk('tEXt', Buffer.from('a\0b'))) }),
  'PNG, EXIF of 20 MB': () =>
    encodeBlankPng(64, 64, { chunks: [pngChunk('eXIf', Buffer.alloc(20_000_000, 'MM\0*'))] }),
  'JPEG, 10,000 comments': () => withSegments(0xfffe, 10_000, 1_000),
  'JPEG, EXIF of 60 KB again and again': () => withSegments(0xffe1, 400, 60_000),
  'JPEG, profiles in 255 parts': () => withSegments(0xffe2, 255, 60_000),
  'JPEG, EXIF that leads in a circle': () =>
    portrait()
      .withExif({ IFD0: { Copyright: 'x'.repeat(60_000) } })
      .jpeg()
      .toBuffer(),

  // Headers that lie.
  'PNG, says it is the largest': async () =>
    lie(lie(await portrait().png().toBuffer(), 16, SIDE, 4), 20, SIDE, 4),
  'PNG, image data of another size': () =>
    Promise.resolve(encodeBlankPng(16, 16)).then((png) => lie(lie(png, 16, SIDE, 4), 20, SIDE, 4)),
  'JPEG, says it is the largest': async () => {
    const jpeg = await portrait().jpeg().toBuffer();
    return lie(lie(jpeg, jpegSize(jpeg), SIDE, 2), jpegSize(jpeg) + 2, SIDE, 2);
  },
  'JPEG, says it is the largest, progressive': async () => {
    const jpeg = await portrait().jpeg({ progressive: true }).toBuffer();
    return lie(lie(jpeg, jpegSize(jpeg), SIDE, 2), jpegSize(jpeg) + 2, SIDE, 2);
  },
  'JPEG, says it has no height': async () => {
    const jpeg = await portrait().jpeg().toBuffer();
    return lie(jpeg, jpegSize(jpeg), 0, 2);
  },
  'JPEG, 12 bits': async () => asTwelveBits(await portrait().jpeg().toBuffer()),
  'AVIF, says it is the largest': async () => {
    const avif = await portrait().avif({ effort: 0 }).toBuffer();
    return lie(lie(avif, avifSize(avif), AVIF_SIDE, 4), avifSize(avif) + 4, AVIF_SIDE, 4);
  },
  'AVIF, says it is endless': async () => {
    const avif = await portrait().avif({ effort: 0 }).toBuffer();
    return lie(lie(avif, avifSize(avif), 0xffffffff, 4), avifSize(avif) + 4, 0xffffffff, 4);
  },
  'WebP, says it is the largest': async () => {
    const webp = await portrait().webp({ effort: 0 }).toBuffer();
    const at = webp.indexOf('\x9d\x01\x2a', 0, 'latin1') + 3;
    return lie(lie(webp, at, SIDE, 2, true), at + 2, SIDE, 2, true);
  },
  'TIFF, says it has as many strips as rows': async () =>
    encodeTiff([await portraitTiff({ 257: MAXIMUM_SIDE, 278: 1 })]),
  'TIFF, says that its strip is endless': async () =>
    retag(encodeTiff([await portraitTiff()]), 279, 4, 1, 0xfffffff0),
  'TIFF, says that its tag is endless': async () =>
    retag(encodeTiff([await portraitTiff()]), 258, 3, 0xfffffff0, 8),
  'TIFF, says that it has 65,535 bands': async () => encodeTiff([await portraitTiff({ 277: 65_535 })]),
  'TIFF, says that its children are endless': async () => {
    const page = await portraitTiff({ 254: 1 });
    return retag(encodeTiff([{ ...page, children: [page] }]), 330, 4, 0xfffffff0, 8);
  },
  'TIFF, says that its directory is endless': endlessTiff,
  'TIFF, full directories in a circle': circularTiff,
  'GIF, no end of a block': async () => {
    const gif = await portrait().gif({ effort: 1 }).toBuffer();
    return Buffer.concat([gif.subarray(0, 800), Buffer.alloc(5_000_000, 0xff)]);
  },

  // Something else.
  HEIC: async () => readFile(await fixtures.heic()),
  zeros: () => Buffer.alloc(30_000_000),
  SVG: () => Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" width="100000" height="100000"/>'),
};

async function onePixelPage() {
  return tiffPage({ data: Buffer.alloc(3), width: 1, height: 1 });
}

/** Good photos, small ones, of every format: what mutants are made of. */
export async function goodPhotos(): Promise<Buffer[]> {
  const small = () => sharp(samples.hopper).resize(128);
  const made = await Promise.all(
    [
      small().jpeg(),
      small().jpeg({ progressive: true }),
      small().toColourspace('cmyk').jpeg(),
      small()
        .withExif({ IFD0: { Copyright: 'nobody' } })
        .withIccProfile('p3')
        .jpeg(),
      small().png(),
      small().png({ palette: true, colours: 16 }),
      small().ensureAlpha(0.5).png({ progressive: true }),
      small().webp({ effort: 0 }),
      small().ensureAlpha(0.5).webp({ lossless: true, effort: 0 }),
      small().avif({ effort: 0 }),
      small().ensureAlpha(0.5).avif({ effort: 0 }),
      small().gif({ effort: 1 }),
      small().tiff({ compression: 'lzw' }),
      small().tiff({ compression: 'jpeg' }),
      small().tiff({ compression: 'deflate', tile: true, tileWidth: 64, tileHeight: 64 }),
    ].map((image) => image.toBuffer()),
  );
  return [...made, await frames(3).gif({ effort: 1 }).toBuffer(), encodeTiff([await portraitTiff()])];
}
