import sharp from 'sharp';
import { type ChipSpec, chipBytes } from './chip-spec.ts';

/**
 * How chips are coded that travel: a fraction of their size. Colours are as fine as brightness, and the quality is such
 * that estimates differ by less than when a face is cut out half a pixel beside.
 */
const CODING = { quality: 90, chromaSubsampling: '4:4:4' } as const;

/**
 * Codes chips one by one, so that what a network says of a face depends on no other face.
 * @param chips the chips `specs` name of each face, face after face
 * @returns a JPEG a chip, in their order
 */
export async function* encodeChips(
  chips: Uint8Array,
  specs: readonly ChipSpec[],
): AsyncGenerator<Uint8Array> {
  for (let offset = 0; offset < chips.length; ) {
    for (const spec of specs) {
      const { side } = spec;
      const pixels = chips.subarray(offset, offset + chipBytes(spec));
      yield sharp(pixels, { raw: { width: side, height: side, channels: 3 } })
        .jpeg(CODING)
        .toBuffer();
      offset += pixels.length;
    }
  }
}

/**
 * The chips that were coded, up to what coding loses.
 * @throws Error when a picture is none, or of another size than its chip
 */
export async function decodeChips(
  pictures: readonly Uint8Array[],
  specs: readonly ChipSpec[],
): Promise<Uint8Array> {
  const chips = await Promise.all(
    pictures.map(async (picture, index) => {
      const { side = 0 } = specs[index % specs.length] ?? {};
      const { data, info } = await sharp(picture).raw().toBuffer({ resolveWithObject: true });
      if (info.width === side && info.height === side && info.channels === 3) return data;
      throw new RangeError(
        `Expected a chip of ${side} × ${side} pixels but received ${info.width} × ${info.height}.`,
      );
    }),
  );
  return Buffer.concat(chips);
}
