import { createRoute, type OpenAPIHono } from '@hono/zod-openapi';
import type { Photos } from '../../shared/photos.ts';
import type { Access } from '../access.ts';
import { keyOf } from '../caller.ts';
import type { Env } from '../env.ts';
import { renderPhoto } from '../photo-image.ts';
import type { PhotoStore } from '../photo-store.ts';
import { ACCESS_PROBLEMS, Problem, problemResponses } from '../problem.ts';
import { imageQuerySchema, photoParamsSchema } from '../schemas.ts';
import { unreadProblem } from '../unread.ts';
import { findPhoto, requireDone } from './photos.ts';

export interface ImageOptions {
  readonly access: Access;
  readonly store: PhotoStore;
  readonly photos: Photos;
  readonly bucket: string;
  /** Larger photos are refused. */
  readonly maximumBytes: number;
}

const route = createRoute({
  method: 'get',
  path: '/photos/{id}/image',
  operationId: 'getImage',
  summary: 'Returns the photo as it is, with boxes around its faces, or with its faces blurred',
  description: 'Always a JPEG, upright, of at most 2,048 pixels a side, without metadata.',
  tags: ['Photos'],
  request: { params: photoParamsSchema, query: imageQuerySchema },
  responses: {
    200: {
      description: 'The photo',
      content: { 'image/jpeg': { schema: { type: 'string', format: 'binary' } } },
    },
    ...problemResponses(
      ...ACCESS_PROBLEMS,
      ...(['invalid-request', 'not-found', 'not-ready', 'too-many-faces'] as const),
      ...(['too-many-bytes', 'unreadable'] as const),
    ),
  },
});

export function addImage(
  app: OpenAPIHono<Env>,
  { access, store, photos, bucket, maximumBytes }: ImageOptions,
): void {
  app.openapi({ ...route, middleware: access }, async (c) => {
    const { id } = c.req.valid('param');
    const { variant, annotated, blurred } = c.req.valid('query');
    const caller = c.get('caller');
    const photo = requireDone(await findPhoto(store, id, caller));
    const read = await photos.read({ bucket, key: keyOf(id, caller), etag: photo.etag });
    if (!('bytes' in read)) throw unreadProblem(read, { field: 'id', name: id, maximumBytes });
    const shown = blurred ? 'blurred' : annotated ? 'annotated' : variant;
    if (shown === 'blurred' && (photo.facesFound ?? 0) > photo.faces.length) {
      throw new Problem(
        'too-many-faces',
        `Expected every face of the photo to be known but only the ${photo.faces.length} largest of ${photo.facesFound} are; the others would not be blurred.`,
      );
    }
    const image = await renderPhoto(read.bytes, photo.faces, shown);
    return c.body(new Uint8Array(image), 200, {
      'Content-Type': 'image/jpeg',
      'Cache-Control': 'private, no-store',
    });
  });
}
