import { createRoute, type OpenAPIHono } from '@hono/zod-openapi';
import type { Face } from '../../../attributes/face.ts';
import type { FinishedPhoto, Photo, Summary } from '../../shared/item.ts';
import type { Models } from '../../shared/models.ts';
import type { Access } from '../access.ts';
import { tooLarge } from '../body.ts';
import { type Caller, folderOf, keyOf } from '../caller.ts';
import { fromCursor, toCursor } from '../cursor.ts';
import type { Env } from '../env.ts';
import { excerpt } from '../excerpt.ts';
import { createPhotoId, isPhotoIdOf } from '../photo-id.ts';
import type { PhotoStore } from '../photo-store.ts';
import { ACCESS_PROBLEMS, Problem, problemResponses } from '../problem.ts';
import {
  listQuerySchema,
  listSchema,
  type PhotoAnswer,
  pendingSchema,
  photoAnswerSchema,
  photoParamsSchema,
  uploadRequestSchema,
  uploadSchema,
} from '../schemas.ts';
import { checkWanted } from '../wanted.ts';

export interface PhotosOptions {
  readonly access: Access;
  readonly store: PhotoStore;
  readonly models: Models;
  /** Larger photos are refused. */
  readonly maximumBytes: number;
}

/** Seconds until it is worth asking again. */
const PAUSE = { 'awaiting-upload': '3', pending: '1' };

const create = createRoute({
  method: 'post',
  path: '/photos',
  operationId: 'createPhoto',
  summary: 'Prepares the upload of a photo of any size',
  description:
    'The photo is analysed as soon as it is uploaded. It and its result are kept for as long as the settings of the deployment say ' +
    '(`photoDays`, `itemDays`), or until they are erased. A form is for one photo: a second one that is uploaded with it is not analysed.',
  tags: ['Photos'],
  request: {
    body: { required: true, content: { 'application/json': { schema: uploadRequestSchema } } },
  },
  responses: {
    201: {
      description: 'The photo may be uploaded',
      content: { 'application/json': { schema: uploadSchema } },
      headers: { Location: { description: 'Where to get the result', schema: { type: 'string' } } },
    },
    ...problemResponses(
      ...ACCESS_PROBLEMS,
      'invalid-request',
      'too-many-bytes',
      'unsupported-media-type',
      'unknown-attribute',
    ),
  },
});

const read = createRoute({
  method: 'get',
  path: '/photos/{id}',
  operationId: 'getPhoto',
  summary: 'Returns the result of a photo, or when to ask again',
  tags: ['Photos'],
  request: { params: photoParamsSchema },
  responses: {
    200: {
      description: 'The analysis is over: done or failed',
      content: { 'application/json': { schema: photoAnswerSchema } },
    },
    202: {
      description: 'The photo has not been uploaded or analysed yet',
      content: { 'application/json': { schema: pendingSchema } },
      headers: {
        'Retry-After': { description: 'Seconds to wait before asking again', schema: { type: 'string' } },
      },
    },
    ...problemResponses(...ACCESS_PROBLEMS, 'not-found'),
  },
});

const list = createRoute({
  method: 'get',
  path: '/photos',
  operationId: 'listPhotos',
  summary: "Lists the caller's photos, newest first",
  description: 'Photos that are uploaded while a client reads page after page do not shift later pages.',
  tags: ['Photos'],
  request: { query: listQuerySchema },
  responses: {
    200: { description: 'One page', content: { 'application/json': { schema: listSchema } } },
    ...problemResponses(...ACCESS_PROBLEMS, 'invalid-request'),
  },
});

const erase = createRoute({
  method: 'delete',
  path: '/photos/{id}',
  operationId: 'erasePhoto',
  summary: 'Erases a photo, its result, its chips and its labels',
  description: 'Anything that is uploaded with its form afterwards is deleted.',
  tags: ['Photos'],
  request: { params: photoParamsSchema },
  responses: {
    204: { description: 'Nothing is left of it; repeating this is not an error' },
    ...problemResponses(...ACCESS_PROBLEMS, 'not-found'),
  },
});

export function addPhotos(
  app: OpenAPIHono<Env>,
  { access, store, models, maximumBytes }: PhotosOptions,
): void {
  app.openapi({ ...create, middleware: access }, async (c) => {
    const { contentType, bytes, attributes: wanted } = c.req.valid('json');
    if (bytes !== undefined && bytes > maximumBytes) throw tooLarge('bytes', bytes, maximumBytes);
    await checkWanted(models, wanted);
    const caller = c.get('caller');
    const id = createPhotoId(caller);
    const { upload, expires } = await store.expect(keyOf(id, caller), {
      contentType,
      minimumBytes: bytes ?? 1,
      maximumBytes: bytes ?? maximumBytes,
      wanted,
    });
    c.header('Location', `photos/${id}`);
    return c.json({ id, upload, expires: expires.toISOString() }, 201);
  });

  app.openapi({ ...read, middleware: access }, async (c) => {
    const { id } = c.req.valid('param');
    const photo = await findPhoto(store, id, c.get('caller'));
    const { status } = photo;
    if (status === 'pending' || status === 'awaiting-upload') {
      c.header('Retry-After', PAUSE[status]);
      return c.json({ id, status }, 202);
    }
    return c.json(toAnswer(id, { ...photo, status }), 200);
  });

  app.openapi({ ...list, middleware: access }, async (c) => {
    const { status, from, minimumQuality, cursor, limit } = c.req.valid('query');
    const caller = c.get('caller');
    const after = cursor === undefined ? undefined : fromCursor(cursor, caller);
    if (cursor !== undefined && !after) {
      throw new Problem(
        'invalid-request',
        'Expected a cursor from an earlier page but received another one. Start again without a cursor.',
        {
          errors: [{ field: 'cursor', expected: 'a cursor from an earlier page', received: excerpt(cursor) }],
        },
      );
    }
    const { photos, next } = await store.list({
      folder: folderOf(caller),
      status,
      from,
      minimumQuality,
      limit,
      after: after && { photo: keyOf(after.id, caller), uploadedAt: after.uploadedAt },
    });
    const cursorOf = ({ photo, uploadedAt }: Pick<Photo, 'photo' | 'uploadedAt'>) =>
      toCursor({ uploadedAt, id: idOf(photo) }, caller);
    return c.json({ photos: photos.map(toSummary), ...(next && { cursor: cursorOf(next) }) }, 200);
  });

  app.openapi({ ...erase, middleware: access }, async (c) => {
    const { id } = c.req.valid('param');
    const caller = c.get('caller');
    await store.erase(requireOwn(id, caller));
    return c.body(null, 204);
  });
}

/**
 * @returns the key of a photo, which may be long gone
 * @throws Problem when the id was not made for the caller
 */
export function requireOwn(id: string, caller: Caller): string {
  if (isPhotoIdOf(caller, id)) return keyOf(id, caller);
  throw notYours(id);
}

/** @throws Problem when the caller has no such photo */
export async function findPhoto(store: PhotoStore, id: string, caller: Caller): Promise<Photo> {
  const photo = await store.get(requireOwn(id, caller));
  if (!photo) throw notYours(id);
  return photo;
}

const notYours = (id: string) =>
  new Problem('not-found', `Expected the id of one of your photos but received ${excerpt(id)}.`);

export type DonePhoto = Photo & { readonly faces: Face[] };

/** @throws Problem when the analysis of the photo is not over, or there was nothing to analyse */
export function requireDone(photo: Photo): DonePhoto {
  if (photo.status !== 'done') {
    const problem =
      photo.status === 'failed'
        ? photo.failure?.message
        : 'Ask again when GET /photos/{id} says that it is done.';
    throw new Problem(
      'not-ready',
      `Expected a photo whose analysis is done but this one is ${photo.status}. ${problem ?? ''}`.trimEnd(),
    );
  }
  return { ...photo, faces: photo.faces ?? [] };
}

function toAnswer(id: string, photo: FinishedPhoto): PhotoAnswer {
  const {
    status,
    uploadedAt,
    completedAt,
    bytes,
    format,
    width,
    height,
    detector,
    facesFound,
    wanted,
    failure,
  } = photo;
  return {
    id,
    status,
    uploadedAt,
    completedAt,
    expires: new Date(photo.expiresAt * 1000).toISOString(),
    bytes,
    format,
    width,
    height,
    detector,
    facesFound,
    wanted,
    ...(status === 'done' && { faces: requireDone(photo).faces }),
    failure,
  };
}

const toSummary = ({ photo, expiresAt: _, ...summary }: Summary) => ({ id: idOf(photo), ...summary });

const idOf = (photo: string): string => photo.slice(photo.lastIndexOf('/') + 1);
