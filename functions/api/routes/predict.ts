import { createRoute, type OpenAPIHono } from '@hono/zod-openapi';
import { endTime, startTime } from 'hono/timing';
import { toShortcut, withoutProbabilities } from '../../../attributes/answer.ts';
import { type Face, faceSchema } from '../../../attributes/face.ts';
import { plurals } from '../../../attributes/facts.ts';
import { isWanted, QUALITY, WANTED } from '../../../attributes/wanted.ts';
import { enumerate } from '../../../attributes/words.ts';
import { type Analysis, type AnalysisOptions, analysePhoto } from '../../../models/analysis.ts';
import type { Estimator } from '../../../models/estimator.ts';
import type { Engine } from '../../../vision/engine.ts';
import { leaveOutPoor } from '../../../vision/face.ts';
import { PhotoError } from '../../../vision/photo.ts';
import type { Models } from '../../shared/models.ts';
import type { Photos } from '../../shared/photos.ts';
import type { Access } from '../access.ts';
import { type PhotoBody, readPhotoBody, tooLarge } from '../body.ts';
import { type Caller, folderOf, isOwn } from '../caller.ts';
import type { Env } from '../env.ts';
import { excerpt } from '../excerpt.ts';
import { ACCESS_PROBLEMS, Problem, problemResponses } from '../problem.ts';
import {
  type FaceAnswer,
  LONGEST_LIST,
  type Prediction,
  photoJsonSchema,
  predictionSchema,
  predictQuerySchema,
} from '../schemas.ts';
import { unreadProblem } from '../unread.ts';
import { wantedEstimators } from '../wanted.ts';

export interface PredictOptions {
  readonly access: Access;
  readonly engine: Engine;
  readonly models: Models;
  readonly analysis: AnalysisOptions;
  readonly photos: Photos;
  readonly bucket: string;
  /** Larger photos are refused. */
  readonly maximumBytes: number;
}

const binary = {
  type: 'string',
  format: 'binary',
  description: 'JPEG, PNG, WebP, AVIF, GIF or TIFF',
} as const;

const wantedText = { type: 'string', minLength: 1, maxLength: LONGEST_LIST } as const;

const route = createRoute({
  method: 'post',
  path: '/predict',
  operationId: 'predict',
  summary: `Finds the faces of a photo and estimates their ${enumerate(plurals('en'))}, at once`,
  description: 'Nothing is stored. Send photos of more than 4.5 MB through `POST /photos`.',
  tags: ['Prediction'],
  request: {
    query: predictQuerySchema,
    body: {
      required: true,
      // Read by `body.ts`: which of them it is depends on the client.
      content: {
        'multipart/form-data': {
          schema: {
            type: 'object',
            properties: { file: binary, [WANTED]: wantedText },
            required: ['file'],
          },
        },
        'image/*': { schema: binary },
        'application/octet-stream': { schema: binary },
        'application/json': { schema: { $ref: '#/components/schemas/PhotoInJson' } },
      },
    },
  },
  responses: {
    200: {
      description: 'What the photo shows',
      content: { 'application/json': { schema: predictionSchema } },
    },
    ...problemResponses(
      ...ACCESS_PROBLEMS,
      'invalid-request',
      'not-allowed',
      'not-found',
      'too-many-bytes',
      'too-many-pixels',
      'unsupported-media-type',
      'not-an-image',
      'unsupported-format',
      'empty',
      'corrupt',
      'too-complex',
      'unreadable',
      'unknown-attribute',
    ),
  },
});

export function addPredict(app: OpenAPIHono<Env>, options: PredictOptions): void {
  app.openAPIRegistry.register('PhotoInJson', photoJsonSchema);
  app.openapi({ ...route, middleware: options.access }, async (c) => {
    const {
      maximumFaces = Number.POSITIVE_INFINITY,
      minimumQuality = 0,
      attributes,
      ...shown
    } = c.req.valid('query');
    const body = await readPhotoBody(c.req);
    const wanted = attributes ?? body.wanted;
    const estimators = await wantedEstimators(options.models, wanted);
    const bytes = await photoBytes(body, c.get('caller'), options);
    startTime(c, 'analysis');
    // Who leaves faces out by their quality has it measured, wanted or not.
    const quality = minimumQuality > 0 || isWanted(QUALITY, wanted);
    const analysis = await analyse(bytes, estimators, { maximumFaces, quality }, options);
    endTime(c, 'analysis');
    const { faces, found } = leaveOutPoor(analysis.faces, analysis.found, minimumQuality);
    return c.json(
      toPrediction({ ...analysis, faces, found }, { ...shown, quality: isWanted(QUALITY, wanted) }),
      200,
    );
  });
}

async function photoBytes(
  photo: PhotoBody,
  caller: Caller,
  { photos, bucket, maximumBytes }: PredictOptions,
): Promise<Uint8Array> {
  if ('bytes' in photo) {
    const { length } = photo.bytes;
    if (length > maximumBytes) throw tooLarge('file', length, maximumBytes);
    return photo.bytes;
  }
  if (!caller.admin && !isOwn(photo.key, caller)) {
    const expected = `a key that begins with ${folderOf(caller)}`;
    throw new Problem('not-allowed', `Expected ${expected} but received "${excerpt(photo.key)}".`, {
      errors: [{ field: 'key', expected, received: excerpt(photo.key) }],
    });
  }
  const read = await photos.readToAnalyse({ bucket, key: photo.key, etag: '' });
  if ('bytes' in read) return read.bytes;
  throw unreadProblem(read, { field: 'key', name: photo.key, maximumBytes });
}

/** @throws Problem when the photo itself is at fault */
async function analyse(
  bytes: Uint8Array,
  estimators: readonly Estimator[],
  { maximumFaces, quality }: { readonly maximumFaces: number; readonly quality: boolean },
  { engine, analysis }: PredictOptions,
): Promise<Analysis> {
  try {
    return await analysePhoto({ detector: await engine.loadDetector(), estimators }, bytes, {
      ...analysis,
      maximumFaces: Math.min(maximumFaces, analysis.maximumFaces),
      quality,
    });
  } catch (error) {
    if (error instanceof PhotoError) throw new Problem(error.code, error.message);
    throw error;
  }
}

interface Shown {
  readonly probabilities: boolean;
  readonly landmarks: boolean;
  readonly quality: boolean;
}

/** The answer that the tutorial's clients know, with all faces beside it. */
function toPrediction({ faces, found, width, height }: Analysis, shown: Shown): Prediction {
  const analysed = faces.map(({ told, ...face }) => faceSchema.parse({ ...face, ...told }));
  const [largest] = analysed;
  if (!largest) return { ismankind: false };
  return {
    ismankind: true,
    ...toShortcut(largest),
    faces: analysed.map((face) => toAnswer(face, shown)),
    facesFound: found,
    width,
    height,
  };
}

function toAnswer(face: Face, shown: Shown): FaceAnswer {
  const { landmarks, quality, ...rest } = shown.probabilities ? face : withoutProbabilities(face);
  return { ...rest, ...(shown.landmarks && { landmarks }), ...(shown.quality && { quality }) };
}
