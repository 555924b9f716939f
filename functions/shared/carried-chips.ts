import type { PhotoChips } from '../../models/photo-chips.ts';
import { decodeChips, encodeChips } from '../../vision/chip-pictures.ts';
import type { FacesFound } from './message.ts';

/**
 * Bytes of a message: as many as SQS takes everywhere. Each begun 64 KB are paid for like a message; with more of them
 * the chip bucket would be cheaper.
 */
export const MAXIMUM_MESSAGE = 256 * 1024;

/** @returns the message with the chips in it; undefined when it would be too long for the queues */
export async function withChips(
  message: FacesFound,
  { specs, chips }: PhotoChips,
): Promise<FacesFound | undefined> {
  const pictures: string[] = [];
  const filled: FacesFound = { ...message, chips: { specs: [...specs], pictures } };
  let bytes = Buffer.byteLength(JSON.stringify(filled));
  for await (const picture of encodeChips(chips, specs)) {
    const text = Buffer.from(picture).toString('base64');
    // With its quotation marks and a comma.
    bytes += text.length + 3;
    if (bytes > MAXIMUM_MESSAGE) return undefined;
    pictures.push(text);
  }
  return filled;
}

/** The chips that a message carries; undefined when they lie in the chip bucket. */
export async function chipsIn({ chips }: Pick<FacesFound, 'chips'>): Promise<PhotoChips | undefined> {
  if (!chips) return undefined;
  const { specs, pictures } = chips;
  const decoded = await decodeChips(
    pictures.map((picture) => Buffer.from(picture, 'base64')),
    specs,
  );
  return { specs, chips: decoded };
}
