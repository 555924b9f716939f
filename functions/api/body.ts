import type { HonoRequest } from 'hono';
import { WANTED, type Wanted } from '../../attributes/wanted.ts';
import { excerpt } from './excerpt.ts';
import { FORM, readForm } from './form.ts';
import { Problem } from './problem.ts';
import { photoJsonSchema, wantedTextSchema } from './schemas.ts';
import { parse } from './validation.ts';

/** A Lambda function's event holds 6 MB, in which a photo is base64: photos beyond this never arrive. */
export const MAXIMUM_BODY = 4_500_000;

/** The types that hold a photo and nothing else; what is in it is found out from its bytes. */
const RAW = /^(image\/[\w.+*-]+|application\/octet-stream|application\/x-www-form-urlencoded)$/;
const ACCEPTED = 'multipart/form-data, image/*, application/octet-stream or application/json';

/** A photo that came with the request, or where it lies; and what is wanted of it, where a form says so. */
export type PhotoBody = ({ readonly bytes: Uint8Array } | { readonly key: string }) & {
  readonly wanted?: Wanted;
};

/**
 * Reads the photo out of a request's body, in whichever way the client sends it: as field `file` of a form, as
 * the body itself, or in JSON.
 * @throws Problem when there is none or it is too large
 */
export async function readPhotoBody(request: HonoRequest): Promise<PhotoBody> {
  const type =
    request.header('content-type')?.split(';')[0]?.trim().toLowerCase() ?? 'application/octet-stream';
  if (type === FORM) return fromForm(await form(request));
  if (type === 'application/json') return fromJson(await json(request));
  // Command-line clients call any body a form unless told otherwise.
  if (RAW.test(type)) return limited(new Uint8Array(await request.arrayBuffer()));
  throw new Problem(
    'unsupported-media-type',
    `Expected the header Content-Type to be ${ACCEPTED} but received ${excerpt(type)}.`,
    { errors: [{ field: 'Content-Type', expected: ACCEPTED, received: excerpt(type) }] },
  );
}

async function form(request: HonoRequest): Promise<FormData> {
  try {
    return await readForm(request);
  } catch {
    throw new Problem(
      'invalid-request',
      'Expected a complete multipart/form-data body with its boundary in Content-Type but received one that is truncated or malformed.',
      { errors: [{ field: 'body', expected: 'multipart/form-data', received: 'something else' }] },
    );
  }
}

async function fromForm(form: FormData): Promise<PhotoBody> {
  const photo = limited(await fileIn(form));
  const names = form.getAll(WANTED);
  return names.length > 0 ? { ...photo, wanted: parse(wantedTextSchema, names.join(), WANTED) } : photo;
}

async function fileIn(form: FormData): Promise<Uint8Array> {
  const [file, ...others] = form.getAll('file');
  if (others.length > 0) {
    const received = String(1 + others.length);
    throw new Problem(
      'invalid-request',
      `Expected the form to have one photo in its field "file" but received ${received}. Send each photo in a request of its own.`,
      { errors: [{ field: 'file', expected: 'one photo', received }] },
    );
  }
  if (file instanceof File) return new Uint8Array(await file.arrayBuffer());
  const received = file === undefined ? 'nothing' : 'text';
  throw new Problem(
    'invalid-request',
    `Expected the form to have a photo in its field "file" but received ${received}.`,
    {
      errors: [{ field: 'file', expected: 'a photo', received }],
    },
  );
}

async function json(request: HonoRequest): Promise<unknown> {
  try {
    return await request.json();
  } catch {
    throw malformedJson();
  }
}

export const malformedJson = () =>
  new Problem('invalid-request', 'Expected the body to be JSON but it cannot be parsed.', {
    errors: [{ field: 'body', expected: 'JSON', received: 'something else' }],
  });

function fromJson(body: unknown): PhotoBody {
  const photo = parse(photoJsonSchema, body, 'body');
  if ('key' in photo) return photo;
  return limited(Buffer.from(photo.image.replace(/^data:[^,]*,/, ''), 'base64'));
}

function limited(bytes: Uint8Array): PhotoBody {
  if (bytes.length > MAXIMUM_BODY) {
    throw tooLarge('file', bytes.length, MAXIMUM_BODY, 'Upload it with POST /photos instead.');
  }
  return { bytes };
}

export function tooLarge(
  field: string,
  received: number,
  maximum: number,
  advice = 'Send a smaller version.',
): Problem {
  const bytes = (count: number) => `${count.toLocaleString('en')} bytes`;
  return new Problem(
    'too-many-bytes',
    `Expected a photo of at most ${bytes(maximum)} but received ${bytes(received)}. ${advice}`,
    {
      errors: [{ field, expected: `at most ${bytes(maximum)}`, received: bytes(received) }],
    },
  );
}
