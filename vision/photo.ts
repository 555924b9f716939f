import { fileTypeFromBuffer } from 'file-type';
import sharp, { type Metadata, type Sharp, type SharpOptions } from 'sharp';
import { CodedError } from '../support/coded-error.ts';
import type { Pixels } from './engine.ts';
import { findPicture, isTiff, type TiffPicture } from './tiff.ts';

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
 * This many pixels are enough where it saves time: libvips has a JPEG decoded at half its size for a third of it or less,
 * which photos of 24 megapixels are not far from.
 */
const ENOUGH = 1900;

/**
 * Codings that may only have this share of the pixels, as they are decoded in one piece, with more bits and bytes
 * than come out: an AVIF of 64 megapixels takes up to 1.7 GB, an interlaced PNG 0.7 GB and nearly 3 s.
 */
const SHARE_OF_PIXELS: Readonly<Record<string, number>> = { AVIF: 0.4, 'interlaced PNG': 0.5 };

/**
 * Longest side of a photo, in pixels: decoders hold whole rows, and take time for each row, whatever the other side is.
 * With as many pixels as are accepted, one of 60,000,000 × 1 takes 5 GB, and one of 1 × 60,000,000 takes 14 s.
 */
export const MAXIMUM_SIDE = 32_767;
/** The most time that a photo may take to decode, in seconds. A request of the HTTP API has 29. */
const MAXIMUM_SECONDS = 15;

/** The photo itself is at fault: trying again would not help. */
export class PhotoError extends CodedError<
  'empty' | 'not-an-image' | 'unsupported-format' | 'corrupt' | 'too-many-pixels' | 'too-complex'
> {
  override readonly name = 'PhotoError';
}

export interface DecodedPhoto {
  /** Upright, longest side at most 2,048. */
  readonly pixels: Pixels;
  /** Size of the upright photo itself, in pixels. */
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
  const photo = await PhotoFile.open(bytes, maximumPixels);
  const { width, height, format } = photo;
  // An RGB photo's profile is left aside: applying it takes as long as finding the faces, and the networks
  // were trained on photos decoded without. (Ages in photos coded as Display P3 are as good either way.)
  const side = workingSide(Math.max(width, height));
  const pixels = await photo.decode((upright) => toPixels(upright, side), { ignoreIcc: photo.isRgb });
  return { pixels, width, height, format };
}

function workingSide(longest: number): number {
  const third = Math.floor(longest / 3);
  return third >= ENOUGH ? Math.min(third, WORKING_SIDE) : WORKING_SIDE;
}

async function toPixels(upright: Sharp, side: number): Promise<Pixels> {
  const { data, info } = await upright
    .resize({
      width: side,
      height: side,
      fit: 'inside',
      withoutEnlargement: true,
      kernel: 'linear',
    })
    .raw({ depth: 'uchar' })
    .toBuffer({ resolveWithObject: true });
  return { data, width: info.width, height: info.height };
}

/** A photo whose header says that it can be decoded: what is made of any photo's pixels begins here. */
export class PhotoFile {
  /** Size of the upright photo, in pixels. */
  readonly width: number;
  readonly height: number;
  readonly format: string;
  /** 8-bit RGB, whichever way it is coded. */
  readonly isRgb: boolean;
  readonly #bytes: Uint8Array;
  readonly #picture: SharpOptions;

  private constructor(
    bytes: Uint8Array,
    format: string,
    picture: SharpOptions,
    { autoOrient, space }: Metadata,
  ) {
    this.width = autoOrient.width;
    this.height = autoOrient.height;
    this.format = format;
    this.isRgb = space === 'srgb';
    this.#bytes = bytes;
    this.#picture = picture;
  }

  /**
   * Reads a photo's header.
   * @param maximumPixels larger photos are refused; those of some formats from a share of it on
   * @throws PhotoError when the bytes are no image, of an unsupported format, damaged, or too large to decode
   */
  static async open(bytes: Uint8Array, maximumPixels = Number.POSITIVE_INFINITY): Promise<PhotoFile> {
    const format = await sniffFormat(bytes);
    const coded = format === 'AVIF' ? toStillAvif(bytes) : bytes;
    const picture = format === 'TIFF' ? pictureOf(findPicture(bytes)) : {};
    const metadata = await open(coded, picture)
      .metadata()
      .catch((error: unknown) => {
        throw toPhotoError(format, error);
      });
    const photo = new PhotoFile(coded, format, picture, metadata);
    const coding = format === 'PNG' && metadata.isProgressive ? 'interlaced PNG' : format;
    photo.#checkSize(coding, maximumPixels);
    return photo;
  }

  /**
   * Decodes the photo.
   * @param finish makes what is wanted of the upright photo, which is in sRGB, with transparent parts on white
   * @throws PhotoError when it is damaged, or takes too much time or memory
   */
  async decode<Result>(
    finish: (upright: Sharp) => Promise<Result>,
    options: Pick<SharpOptions, 'ignoreIcc'> = {},
  ): Promise<Result> {
    const end = performance.now() + MAXIMUM_SECONDS * 1000;
    const attempt = (bytes: Uint8Array, failOn: 'warning' | 'error') => {
      const seconds = Math.max(1, Math.ceil((end - performance.now()) / 1000));
      const image = open(bytes, { ...this.#picture, ...options, failOn }).timeout({ seconds });
      return finish(image.autoOrient().flatten({ background: '#fff' }).toColourspace('srgb'));
    };
    try {
      try {
        return await attempt(this.#bytes, 'warning');
      } catch (error) {
        const message = messageOf(error);
        if (DAMAGE.test(message) || TOO_COMPLEX.test(message)) throw error;
        // The image data may be whole all the same: a decoder that is given their end complains if they are not.
        if (NO_END.test(message)) return await attempt(Buffer.concat([this.#bytes, END_OF_JPEG]), 'warning');
        return await attempt(this.#bytes, 'error');
      }
    } catch (error) {
      throw toPhotoError(this.format, error);
    }
  }

  /** On the header, before anything is decoded. */
  #checkSize(coding: string, maximumPixels: number): void {
    const { width, height } = this;
    const size = `${count(width)} × ${count(height)}`;
    if (Math.max(width, height) > MAXIMUM_SIDE) {
      throw new PhotoError(
        'too-many-pixels',
        `Expected at most ${count(MAXIMUM_SIDE)} pixels a side but received ${size}. Send a smaller version.`,
      );
    }
    const most = pixelLimit(coding, maximumPixels);
    if (width * height > most) {
      throw new PhotoError(
        'too-many-pixels',
        `Expected at most ${count(most)} pixels${most < maximumPixels ? ` in ${coding}` : ''} but received ${size} = ${count(width * height)}. Send a smaller version.`,
      );
    }
  }
}

/** libjpeg's warnings of damaged image data; its others report oddities that some cameras write and nobody sees. */
const DAMAGE = /Corrupt JPEG data: (?!\d+ extraneous)/;
const NO_END = /premature end of JPEG image/;
const END_OF_JPEG = Buffer.from([0xff, 0xd9]);
/** How decoders say that they don't know a coding, however whole the file is. */
const NOT_SUPPORTED =
  /not configured|not (?:supported|implemented)|unsupported|bad labq format|no decoding plugin/i;
const TOO_COMPLEX =
  /^timeout:|out of memory|memory allocation|(?:unable|cannot|failed) to allocate|security limit|too many (?:scans|progressive)/im;

/** How many pixels a photo in a coding may have when those in most may have `maximumPixels`. */
export const pixelLimit = (coding: string, maximumPixels: number): number =>
  Math.floor(maximumPixels * (SHARE_OF_PIXELS[coding] ?? 1));

async function sniffFormat(bytes: Uint8Array): Promise<string> {
  if (bytes.length === 0) {
    throw new PhotoError('empty', `Expected an image (${ACCEPTED}) but received an empty file.`);
  }
  const type = await fileTypeFromBuffer(bytes);
  if (isCgbi(bytes)) throw unsupportedFormat("a PNG in Apple's own encoding (CgBI)");
  if (type && isDecoded(bytes, type.mime)) return FORMATS[type.mime] ?? (isTiff(bytes) ? 'TIFF' : 'AVIF');
  if (type?.mime.startsWith('image/')) throw unsupportedFormat(type.ext.toUpperCase());
  throw new PhotoError(
    'not-an-image',
    `Expected an image (${ACCEPTED}) but received ${type ? `a file of type ${type.mime}` : 'a file that is not one'}.`,
  );
}

/**
 * Whether a file can be decoded. What it is taken for by its first bytes alone may be mistaken: a tag that Sony's raw
 * files have makes no raw file of a TIFF, and an AVIF need not call itself one first.
 */
function isDecoded(bytes: Uint8Array, type: string): boolean {
  if (type in FORMATS) return true;
  return (
    (type === 'image/x-sony-arw' && isTiff(bytes)) || (HEIF.test(type) && brandsOf(bytes).includes('avif'))
  );
}

/** What Xcode makes of an app's PNGs: no decoder but Apple's reads them, and ours says nothing of why. */
const isCgbi = (bytes: Uint8Array) => Buffer.from(bytes.subarray(12, 16)).toString('latin1') === 'CgBI';

const HEIF = /^image\/hei[cf]/;

/** What an ISO base media file calls itself, and what it says it is compatible with. */
function brandsOf(bytes: Uint8Array): string[] {
  const header = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  const box = header.subarray(8, Math.min(header.readUInt32BE(0), 256)).toString('latin1');
  return box.match(/.{4}/gs) ?? [];
}

/**
 * Has an AVIF call itself one. The decoder goes by the first brand alone: it takes `mif1` for HEIC, and does not know
 * `avis`, an animation, although that holds a still picture as well.
 */
function toStillAvif(bytes: Uint8Array): Uint8Array {
  if (brandsOf(bytes)[0] === 'avif') return bytes;
  const copy = Buffer.from(bytes);
  copy.write('avif', 8);
  return copy;
}

function pictureOf(picture: TiffPicture): SharpOptions {
  if (picture === 'raw') throw unsupportedFormat("a camera's raw file");
  return 'page' in picture ? { page: picture.page } : { tiff: { subifd: picture.subifd } };
}

function unsupportedFormat(received: string): PhotoError {
  const orElse = /^HEI[CF]/.test(received) ? ', or set the camera to "most compatible"' : '';
  return new PhotoError(
    'unsupported-format',
    `Expected ${ACCEPTED} but received ${received}, which is not supported. Convert it to JPEG${orElse}.`,
  );
}

/** The pixel limit is checked on the header, with an error of its own, before anything is decoded. */
const open = (bytes: Uint8Array, options: SharpOptions) =>
  sharp(bytes, { failOn: 'error', limitInputPixels: false, sequentialRead: true, pages: 1, ...options });

/** What is wrong with a photo, by what its decoder says. */
function toPhotoError(format: string, cause: unknown): PhotoError {
  const message = messageOf(cause);
  if (TOO_COMPLEX.test(message)) {
    return new PhotoError(
      'too-complex',
      `Expected a photo that can be decoded within ${MAXIMUM_SECONDS} seconds but this ${format} takes more time or memory. Save it as JPEG, or smaller.`,
      { cause },
    );
  }
  if (NOT_SUPPORTED.test(message)) {
    const [reason] = message.replace(/^[^:]*: (?=\S)/, '').split('\n');
    return new PhotoError(
      'unsupported-format',
      `Expected ${format} in a common encoding but this one's is not supported (${reason}). Convert it to JPEG.`,
      { cause },
    );
  }
  return new PhotoError(
    'corrupt',
    `Expected a complete ${format} image but this one is truncated or damaged.`,
    { cause },
  );
}

const messageOf = (error: unknown) => (error instanceof Error ? error.message : String(error));
const count = (value: number) => value.toLocaleString('en');
