import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import type { Caller } from './caller.ts';

/** 128 random bits, then 64 bits that say whose id it is. */
const RANDOM_BYTES = 16;
const MARK_BYTES = 8;

/** What an id looks like. */
export const PHOTO_ID = /^[A-Za-z0-9_-]{32}$/;

/** Names a photo to come. Nobody can guess it, and nobody but its owner can do anything with it. */
export function createPhotoId(caller: Caller): string {
  const random = randomBytes(RANDOM_BYTES);
  return Buffer.concat([random, mark(random, caller)]).toString('base64url');
}

/**
 * Whether an id was made for this caller, which can also be said of photos that are long gone: without it,
 * erasing a photo twice would look like erasing what never existed.
 */
export function isPhotoIdOf(caller: Caller, id: string): boolean {
  if (!PHOTO_ID.test(id)) return false;
  const bytes = Buffer.from(id, 'base64url');
  return timingSafeEqual(bytes.subarray(RANDOM_BYTES), mark(bytes.subarray(0, RANDOM_BYTES), caller));
}

const mark = (random: Uint8Array, { owner }: Caller): Buffer =>
  createHmac('sha256', owner).update(random).digest().subarray(0, MARK_BYTES);
