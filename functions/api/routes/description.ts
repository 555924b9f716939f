import type { OpenAPIHono } from '@hono/zod-openapi';
import type { Env } from '../env.ts';

/** `GET /openapi.json`: what the routes say of themselves. To be added last. */
export function describeApi(app: OpenAPIHono<Env>, version: string): void {
  app.openAPIRegistry.registerComponent('securitySchemes', 'header', {
    type: 'apiKey',
    in: 'header',
    name: 'x-api-key',
  });
  app.openAPIRegistry.registerComponent('securitySchemes', 'bearer', { type: 'http', scheme: 'bearer' });
  app.doc31('/openapi.json', {
    openapi: '3.1.0',
    info: { title: 'facedrop', version },
    // Where the document lies: behind whichever address API Gateway gave the service.
    servers: [{ url: '.' }],
    security: [{ header: [] }, { bearer: [] }],
  });
}
