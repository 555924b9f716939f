import { createRoute, type OpenAPIHono } from '@hono/zod-openapi';
import type { FaceLabel } from '../../../attributes/face.ts';
import { nouns } from '../../../attributes/facts.ts';
import type { OwnCorrections, OwnResult, OwnResults } from '../../../attributes/own/result.ts';
import { enumerate } from '../../../attributes/words.ts';
import type { Labels } from '../../shared/labels.ts';
import type { Photos } from '../../shared/photos.ts';
import type { Access } from '../access.ts';
import type { Caller } from '../caller.ts';
import type { Env } from '../env.ts';
import { excerpt } from '../excerpt.ts';
import type { PhotoStore } from '../photo-store.ts';
import { ACCESS_PROBLEMS, notFound, Problem, problemResponses } from '../problem.ts';
import { correctionSchema, faceParamsSchema, labelAnswerSchema } from '../schemas.ts';
import { unreadProblem } from '../unread.ts';
import { findPhoto, requireDone, requireOwn } from './photos.ts';

export interface LabelsOptions {
  readonly access: Access;
  readonly store: PhotoStore;
  readonly labels: Labels;
  readonly photos: Photos;
  readonly bucket: string;
  /** Larger photos are refused. */
  readonly maximumBytes: number;
}

const put = createRoute({
  method: 'put',
  path: '/photos/{id}/faces/{face}/label',
  operationId: 'labelFace',
  summary: `Corrects ${enumerate(
    nouns('en').map((noun) => `the ${noun}`),
    ', ',
    ' or ',
  )} of a face`,
  description:
    'The correction is shown with the face. With consent, the face and the correction are also kept to train on, ' +
    'until the photo or the label is erased. Without consent, nothing is kept, and what was kept before is erased.',
  tags: ['Labels'],
  request: {
    params: faceParamsSchema,
    body: { required: true, content: { 'application/json': { schema: correctionSchema } } },
  },
  responses: {
    200: {
      description: 'The correction is saved',
      content: { 'application/json': { schema: labelAnswerSchema } },
    },
    ...problemResponses(
      ...ACCESS_PROBLEMS,
      'invalid-request',
      'not-found',
      'not-ready',
      'too-many-bytes',
      'unsupported-media-type',
      'unreadable',
    ),
  },
});

const erase = createRoute({
  method: 'delete',
  path: '/photos/{id}/faces/{face}/label',
  operationId: 'eraseLabel',
  summary: 'Withdraws a correction and erases what was kept of it',
  tags: ['Labels'],
  request: { params: faceParamsSchema },
  responses: {
    204: { description: 'The face no longer has a label; repeating this is not an error' },
    ...problemResponses(...ACCESS_PROBLEMS, 'not-found', 'not-ready'),
  },
});

export function addLabels(
  app: OpenAPIHono<Env>,
  { access, store, labels, photos, bucket, maximumBytes }: LabelsOptions,
): void {
  /** @throws Problem when the photo has no such face, or none yet */
  async function findFace(id: string, index: number, caller: Caller) {
    const photo = requireDone(await findPhoto(store, id, caller));
    const face = photo.faces[index];
    if (!face) throw noSuchFace(index, photo.faces.length);
    return { photo, face };
  }

  app.openapi({ ...put, middleware: access }, async (c) => {
    const { id, face: index } = c.req.valid('param');
    const { photo, face } = await findFace(id, index, c.get('caller'));
    checkOwn(c.req.valid('json').attributes, face.attributes);
    const label: FaceLabel = { ...c.req.valid('json'), labelledAt: new Date().toISOString() };
    if (label.consent) {
      const read = await photos.read({ bucket, key: photo.photo, etag: photo.etag });
      if (!('bytes' in read)) throw unreadProblem(read, { field: 'id', name: id, maximumBytes });
      await labels.keep(read.bytes, { photo: photo.photo, face: index, label, estimate: face });
    } else {
      await labels.erase(photo.photo, index);
    }
    // Erased or overwritten in the meantime: nothing of it may stay.
    if (!(await store.label(photo, index, label))) {
      await labels.erase(photo.photo, index);
      throw notFound(c.req.path);
    }
    return c.json(label, 200);
  });

  app.openapi({ ...erase, middleware: access }, async (c) => {
    const { id, face: index } = c.req.valid('param');
    const caller = c.get('caller');
    const key = requireOwn(id, caller);
    // Whatever was kept goes: also of a face that the photo no longer has because it was put there again, and of a photo
    // whose item has expired.
    await labels.erase(key, index);
    if (await store.get(key)) {
      const { photo } = await findFace(id, index, caller);
      await store.label(photo, index, undefined);
    }
    return c.body(null, 204);
  });
}

/** @throws Problem when own attributes are corrected that the face does not tell, or to what they can't be */
function checkOwn(corrections: OwnCorrections = {}, told: OwnResults = {}): void {
  for (const [name, value] of Object.entries(corrections)) {
    const result = Object.hasOwn(told, name) ? told[name] : undefined;
    const expected = expectedOf(result);
    if (expected.allows(value)) continue;
    throw new Problem(
      // Which attributes a face has, the description can't say: it is as with faces that a photo does not have.
      result ? 'invalid-request' : 'not-found',
      result
        ? `Expected ${expected.words} as ${name} but received ${excerpt(String(value))}.`
        : `Expected ${expected.words} but received ${excerpt(name)}.`,
      {
        errors: [{ field: `attributes.${name}`, expected: expected.words, received: excerpt(String(value)) }],
      },
    );
  }
}

function expectedOf(told: OwnResult | undefined) {
  if (!told) return { words: 'only attributes that the face has', allows: () => false };
  if ('range' in told) {
    const [low, high] = told.range;
    return {
      words: `a number from ${low} to ${high}`,
      allows: (value: string | number) => typeof value === 'number' && value >= low && value <= high,
    };
  }
  const classes = Object.keys(told.probabilities);
  return {
    words: `one of ${classes.join(', ')}`,
    allows: (value: string | number) => typeof value === 'string' && classes.includes(value),
  };
}

function noSuchFace(index: number, faces: number): Problem {
  if (faces === 0) return new Problem('not-found', 'Expected a photo with a face but this one has none.');
  const expected = faces === 1 ? '0' : `from 0 to ${faces - 1}`;
  const has = faces === 1 ? 'one face' : `${faces} faces`;
  return new Problem(
    'not-found',
    `Expected face to be ${expected}, as the photo has ${has}, but received ${index}.`,
    { errors: [{ field: 'face', expected, received: String(index) }] },
  );
}
