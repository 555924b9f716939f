import path from 'node:path';
import type { OpenAPIHono } from '@hono/zod-openapi';
import { once } from '../../../layers/once.ts';
import type { Env } from '../env.ts';
import { languageOf, Page, pageHeaders } from '../page/page.ts';
import { notFound } from '../problem.ts';

/** Put beside the function's bundle when it is built. */
export const loadPage = once(() => Page.load(path.join(import.meta.dirname, 'page')));

export interface PageOptions {
  /** Where photos are uploaded to. */
  readonly uploadOrigin: string;
}

/** The page on which people try the service. */
export function addPage(app: OpenAPIHono<Env>, { uploadOrigin }: PageOptions): void {
  app.get('/', async (c) => {
    const page = await loadPage();
    return c.html(
      page.render(languageOf(c.req.query('language') ?? c.req.header('accept-language') ?? '')),
      200,
      pageHeaders(uploadOrigin),
    );
  });
  app.get('/assets/:name', async (c) => {
    const asset = (await loadPage()).asset(c.req.param('name'));
    if (!asset) return notFound(c.req.path).respond(c);
    // The name changes with the contents.
    return c.body(asset.body, 200, {
      'Content-Type': asset.type,
      'Cache-Control': 'public, max-age=31536000, immutable',
    });
  });
}
