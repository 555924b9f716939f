import path from 'node:path';
import type { OpenAPIHono } from '@hono/zod-openapi';
import type { HonoRequest, MiddlewareHandler } from 'hono';
import { accepts } from 'hono/accepts';
import { createMiddleware } from 'hono/factory';
import { once } from '../../../support/once.ts';
import type { AccessMode } from '../access.ts';
import { readPhotoBody } from '../body.ts';
import type { Env } from '../env.ts';
import { languageOf, Page, pageHeaders } from '../page/page.ts';
import { renderPhoto } from '../photo-image.ts';
import { notFound, problemDocumentSchema } from '../problem.ts';
import { predictionSchema } from '../schemas.ts';

/** Put beside the function's bundle when it is built. */
const loadPage = once(() => Page.load(path.join(import.meta.dirname, 'page')));

export interface PageOptions {
  /** Where photos are uploaded to. */
  readonly uploadOrigin: string;
  /** Who may call. */
  readonly accessMode: AccessMode;
}

/** The page on which people try the service; where requests must be signed, which browsers can't, the reference. */
export function addPage(app: OpenAPIHono<Env>, { uploadOrigin, accessMode }: PageOptions): void {
  if (accessMode === 'iam') {
    app.get('/', (c) => c.redirect('reference'));
    return;
  }
  app.get('/', async (c) => {
    const page = await loadPage();
    return c.html(page.render(languageFor(c.req)), 200, pageHeaders(uploadOrigin));
  });
  app.use('/predict', answerForms(uploadOrigin));
  app.get('/assets/:name', async (c) => {
    const asset = (await loadPage()).asset(c.req.param('name'));
    if (!asset) return notFound(c.req.path).toResponse();
    // The name changes with the contents.
    return c.body(asset.body, 200, {
      'Content-Type': asset.type,
      'Cache-Control': 'public, max-age=31536000, immutable',
    });
  });
}

/** The language that the reader chose, or else prefers. */
const languageFor = (request: HonoRequest) =>
  languageOf(request.query('language') ?? request.header('accept-language') ?? '');

/** Answers a form that was sent without the page's script with a page, on which the photo is shown with its faces. */
function answerForms(uploadOrigin: string): MiddlewareHandler<Env> {
  return createMiddleware<Env>(async (c, next) => {
    await next();
    const wanted = accepts(c, {
      header: 'Accept',
      supports: ['application/json', 'text/html'],
      default: 'application/json',
    });
    if (wanted !== 'text/html') return;
    const { ok, status } = c.res;
    const answer = await c.res.json();
    const page = await loadPage();
    const document = page.render(
      languageFor(c.req),
      ok
        ? { prediction: predictionSchema.parse(answer), photo: await shownPhoto(c.req) }
        : { problem: problemDocumentSchema.parse(answer) },
    );
    c.res = new Response(document, {
      status,
      headers: {
        ...pageHeaders(uploadOrigin),
        'Content-Type': 'text/html; charset=utf-8',
        Vary: 'Accept, Accept-Language',
      },
    });
  });
}

/** The photo that came with a form, as a `data:` address. */
async function shownPhoto(request: HonoRequest): Promise<string | undefined> {
  const photo = await readPhotoBody(request);
  if (!('bytes' in photo)) return undefined;
  const image = await renderPhoto(photo.bytes, [], 'original');
  return `data:image/jpeg;base64,${image.toString('base64')}`;
}
