import { OpenAPIHono } from '@hono/zod-openapi';
import { HTTPException } from 'hono/http-exception';
import { methodNotAllowed } from 'hono/method-not-allowed';
import { secureHeaders } from 'hono/secure-headers';
import { timing } from 'hono/timing';
import type { Env } from './env.ts';
import { notFound, Problem } from './problem.ts';
import { describeApi } from './routes/description.ts';
import { addHealth, type HealthOptions } from './routes/health.ts';
import { addPage, type PageOptions } from './routes/page.ts';
import { addPredict, type PredictOptions } from './routes/predict.ts';
import { invalid } from './validation.ts';

export interface AppOptions extends HealthOptions, PageOptions, PredictOptions {
  /** Told of what went wrong inside, which clients are not. */
  readonly report: (error: Error) => void;
}

export type App = OpenAPIHono<Env>;

/** The HTTP API, as its collaborators make it. */
export function createApp(options: AppOptions): App {
  const app: App = new OpenAPIHono<Env>({
    defaultHook: (result, c) => {
      if (result.success) return;
      // A path that cannot be right leads to nothing.
      if (result.target === 'param') throw notFound(c.req.path);
      throw invalid(result.error, undefined, result.target);
    },
  });
  app.use(timing({ totalDescription: '' }));
  app.use(secureHeaders({ referrerPolicy: 'no-referrer' }));
  app.use(
    methodNotAllowed({
      app,
      onMethodNotAllowed: (c, methods) => {
        const allowed = methods.join(', ');
        return new Problem('method-not-allowed', `Expected one of ${allowed} but received ${c.req.method}.`, {
          headers: { Allow: allowed },
        }).respond(c);
      },
    }),
  );
  app.notFound((c) => notFound(c.req.path).respond(c));
  app.onError((error, c) => {
    if (error instanceof Problem) return error.respond(c);
    if (error instanceof HTTPException && error.status < 500) {
      const detail =
        'Expected a well-formed request but this one cannot be read. GET /openapi.json says what it should be.';
      return new Problem(error.status === 415 ? 'unsupported-media-type' : 'invalid-request', detail).respond(
        c,
      );
    }
    options.report(error);
    return new Problem('internal-error', 'The request could not be answered. Try it again later.').respond(c);
  });

  addPage(app, options);
  addHealth(app, options);
  addPredict(app, options);
  describeApi(app, options.version);
  return app;
}
