import { OpenAPIHono } from '@hono/zod-openapi';
import type { HonoRequest } from 'hono';
import { compress } from 'hono/compress';
import { HTTPException } from 'hono/http-exception';
import { methodNotAllowed } from 'hono/method-not-allowed';
import { secureHeaders } from 'hono/secure-headers';
import { timing } from 'hono/timing';
import { malformedJson } from './body.ts';
import type { Env } from './env.ts';
import { excerpt } from './excerpt.ts';
import { internalError, notFound, Problem } from './problem.ts';
import { addDescription, type DescriptionOptions } from './routes/description.ts';
import { addHealth, type HealthOptions } from './routes/health.ts';
import { addImage, type ImageOptions } from './routes/image.ts';
import { addLabels, type LabelsOptions } from './routes/labels.ts';
import { addPage, type PageOptions } from './routes/page.ts';
import { addPhotos, type PhotosOptions } from './routes/photos.ts';
import { addPredict, type PredictOptions } from './routes/predict.ts';
import { addTrainings, type TrainingsOptions } from './routes/trainings.ts';
import { invalid } from './validation.ts';

export interface AppOptions
  extends HealthOptions,
    PageOptions,
    PredictOptions,
    PhotosOptions,
    ImageOptions,
    LabelsOptions,
    TrainingsOptions,
    DescriptionOptions {
  /** Called with what went wrong inside, which clients do not learn. */
  readonly report: (error: Error) => void;
}

/** What a client calls the parts of a request. */
const PLACES: Readonly<Record<string, string>> = { json: 'body', query: 'query' };

const DOCUMENTS = ['/', '/assets/*', '/openapi.json', '/reference'];

export type App = OpenAPIHono<Env>;

/** The HTTP API, as its collaborators make it. */
export function createApp(options: AppOptions): App {
  const app: App = new OpenAPIHono<Env>({
    defaultHook: (result, c) => {
      if (result.success) return;
      // A path that cannot be right leads to nothing.
      if (result.target === 'param') throw notFound(c.req.path);
      throw invalid(
        result.error,
        'data' in result ? result.data : undefined,
        PLACES[result.target] ?? 'request',
      );
    },
  });
  app.use(timing({ totalDescription: '' }));
  app.use(secureHeaders({ referrerPolicy: 'no-referrer' }));
  // Answers are about people; documents are the same for everyone.
  app.use(async (c, next) => {
    await next();
    if (c.res.headers.has('cache-control') || c.req.path.endsWith('/openapi.json')) return;
    if (/json/.test(c.res.headers.get('content-type') ?? '')) c.res.headers.set('Cache-Control', 'no-store');
  });
  // HTTP APIs do not compress. Documents are large and the same for everyone; answers are small.
  for (const path of DOCUMENTS) app.use(path, compress());
  app.use(
    methodNotAllowed({
      app,
      onMethodNotAllowed: (c, methods) => {
        const allowed = methods.join(', ');
        return new Problem(
          'method-not-allowed',
          `Expected the method to be ${methods.join(' or ')} but received ${c.env.event.requestContext.http.method}.`,
          {
            headers: { Allow: allowed },
          },
        ).toResponse();
      },
    }),
  );
  app.notFound((c) => notFound(c.req.path).toResponse());
  app.onError((error, c) => {
    if (error instanceof Problem) return error.toResponse();
    if (error instanceof HTTPException && error.status < 500) return unreadable(error, c.req).toResponse();
    options.report(error);
    return internalError().toResponse();
  });

  addPage(app, options);
  addHealth(app, options);
  addPredict(app, options);
  addPhotos(app, options);
  addImage(app, options);
  addLabels(app, options);
  addTrainings(app, options);
  addDescription(app, options);
  return app;
}

/** Only JSON is read by the routes' own validation. */
function unreadable({ status }: HTTPException, request: HonoRequest): Problem {
  const expected = 'application/json';
  if (status === 415) {
    const received = excerpt(request.header('content-type') ?? 'nothing');
    return new Problem(
      'unsupported-media-type',
      `Expected the header Content-Type to be ${expected} but received ${received}.`,
      {
        errors: [{ field: 'Content-Type', expected, received }],
      },
    );
  }
  return malformedJson();
}
