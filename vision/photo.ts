import { fileTypeFromBuffer } from 'file-type';
import sharp, { type Sharp, type SharpOptions } from 'sharp';
import type { Pixels } from './engine.ts';

// A function works on one photo at a time per core: libvips' own threads and caches would only add memory.
sharp.concurrency(1);
sharp.cache(false);

/** Formats that are decoded. Anything else is refused before a decoder sees it. */
const FORMATS: Readonly<Record<string, string>> = {
  'image/jpeg': 'JPEG',
  'image/png': 'PNG',
  'image/apng': 'PNG',
  'image/webp': 'WebP',
  'image/avif': 'AVIF',
  'image/gif': 'GIF',
  'image/tiff': 'TIFF',
};
/** Media types of photos that can be decoded. */
export const MEDIA_TYPES = Object.keys(FORMATS);
const ACCEPTED = 'JPEG, PNG, WebP, AVIF, GIF or TIFF';

/**
 * Longest side of the decoded image, in pixels. Faces of 20 pixels in an image of 1,024 are still 40 pixels
 * high here, and a photo of any size takes at most 12 MB.
 */
const WORKING_SIDE = 2048;

/**
 * Formats that may only have this share of the pixels, as they are decoded in one piece, with more bits and bytes
 * than come out: an AVIF of 64 megapixels takes up to 1.7 GB, any other format 0.7 GB at the most.
 */
const SHARE_OF_PIXELS: Readonly<Record<string, number>> = { AVIF: 0.4 };

/** The photo itself is at fault: trying again would not help. */
export class PhotoError extends Error {
  override readonly name = 'PhotoError';
  readonly code: 'empty' | 'not-an-image' | 'unsupported-format' | 'corrupt' | 'too-many-pixels';

  constructor(code: PhotoError['code'], message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

export interface DecodedPhoto {
  /** Upright, longest side at most 2,048. */
  readonly pixels: Pixels;
  /** Of the upright photo itself. */
  readonly width: number;
  readonly height: number;
  readonly format: string;
}

/**
 * Decodes a photo upright (EXIF orientation applied) into RGB: 8-bit RGB as it is coded, everything else converted to
 * sRGB; of several frames or pages the first one, transparent parts on white.
 * @throws PhotoError when the bytes are no image, of an unsupported format, damaged, or too large to decode
 */
export async function decodePhoto(bytes: Uint8Array, maximumPixels: number): Promise<DecodedPhoto> {
  const format = await sniffFormat(bytes);
  const { size, isRgb } = await readHeader(bytes, format);
  const pixels = size.width * size.height;
  const most = pixelLimit(format, maximumPixels);
  if (pixels > most) {
    throw new PhotoError(
      'too-many-pixels',
      `Expected at most ${count(most)} pixels${most < maximumPixels ? ` in ${format}` : ''} but received ${count(size.width)} × ${count(size.height)} = ${count(pixels)}. Send a smaller version.`,
    );
  }
  try {
    return { pixels: await decode(bytes, isRgb), ...size, format };
  } catch (error) {
    throw corrupt(format, error);
  }
}

/** libjpeg's warnings of damaged image data; its others tell of oddities that some cameras write and nobody sees. */
const DAMAGE = /Corrupt JPEG data: (?!\d+ extraneous)/;

async function decode(bytes: Uint8Array, isRgb: boolean): Promise<Pixels> {
  // An RGB photo's profile is left aside: applying it takes as long as finding the faces, and the networks
  // were trained on photos decoded without. (Ages in photos coded as Display P3 are as good either way.)
  const options = { ignoreIcc: isRgb };
  try {
    return await render(open(bytes, { ...options, failOn: 'warning' }));
  } catch (error) {
    if (error instanceof Error && DAMAGE.test(error.message)) throw error;
    return render(open(bytes, options));
  }
}

async function render(image: Sharp): Promise<Pixels> {
  const { data, info } = await image
    .autoOrient()
    .resize({
      width: WORKING_SIDE,
      height: WORKING_SIDE,
      fit: 'inside',
      withoutEnlargement: true,
      kernel: 'linear',
    })
    .flatten({ background: '#fff' })
    .toColourspace('srgb')
    .raw({ depth: 'uchar' })
    .toBuffer({ resolveWithObject: true });
  return { data, width: info.width, height: info.height };
}

/** How many pixels a photo of a format may have when those of most formats may have `maximumPixels`. */
export const pixelLimit = (format: string, maximumPixels: number): number =>
  Math.floor(maximumPixels * (SHARE_OF_PIXELS[format] ?? 1));

async function sniffFormat(bytes: Uint8Array): Promise<string> {
  if (bytes.length === 0) {
    throw new PhotoError('empty', `Expected an image (${ACCEPTED}) but received an empty file.`);
  }
  const type = await fileTypeFromBuffer(bytes);
  const format = type && FORMATS[type.mime];
  if (format) return format;
  if (type?.mime.startsWith('image/')) {
    const orElse = /hei[cf]/.test(type.mime) ? ', or set the camera to "most compatible"' : '';
    throw new PhotoError(
      'unsupported-format',
      `Expected ${ACCEPTED} but received ${type.ext.toUpperCase()}, which is not supported. Convert it to JPEG${orElse}.`,
    );
  }
  throw new PhotoError(
    'not-an-image',
    `Expected an image (${ACCEPTED}) but received ${type ? `a file of type ${type.mime}` : 'a file that is none'}.`,
  );
}

async function readHeader(bytes: Uint8Array, format: string) {
  try {
    const { autoOrient, space } = await open(bytes).metadata();
    return { size: autoOrient, isRgb: space === 'srgb' };
  } catch (error) {
    throw corrupt(format, error);
  }
}

/** The pixel limit is checked on the header, with an error of its own, before anything is decoded. */
const open = (bytes: Uint8Array, options: SharpOptions = {}) =>
  sharp(bytes, { failOn: 'error', limitInputPixels: false, sequentialRead: true, pages: 1, ...options });

function corrupt(format: string, cause: unknown): PhotoError {
  return new PhotoError(
    'corrupt',
    `Expected a complete ${format} image but this one is truncated or damaged.`,
    {
      cause,
    },
  );
}

const count = (value: number) => value.toLocaleString('en');
