import { createHmac } from 'node:crypto';
import * as z from 'zod';
import type { Caller } from './caller.ts';
import { PHOTO_ID } from './photo-id.ts';

/** A place in a caller's list of photos: that of the last photo seen. */
const positionSchema = z.tuple([z.iso.datetime(), z.string().regex(PHOTO_ID)]);

export interface Position {
  readonly uploadedAt: string;
  readonly id: string;
}

/** Makes a position something that clients keep, and don't take apart. */
export function toCursor({ uploadedAt, id }: Position, caller: Caller): string {
  const position = Buffer.from(JSON.stringify([uploadedAt, id])).toString('base64url');
  return `${position}.${seal(position, caller)}`;
}

/** @returns undefined when it is none that this caller was given */
export function fromCursor(cursor: string, caller: Caller): Position | undefined {
  const [position = '', sealed] = cursor.split('.');
  if (sealed !== seal(position, caller)) return undefined;
  // A caller knows its owner's name, and so could seal anything.
  const { data } = positionSchema.safeParse(parseJson(Buffer.from(position, 'base64url').toString()));
  return data && { uploadedAt: data[0], id: data[1] };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

const seal = (position: string, { owner }: Caller): string =>
  createHmac('sha256', owner).update(`cursor ${position}`).digest('base64url').slice(0, 16);
