import { createRoute, type OpenAPIHono } from '@hono/zod-openapi';
import type { Engine } from '../../../vision/engine.ts';
import type { Models } from '../../shared/models.ts';
import type { Env } from '../env.ts';
import { problemResponses } from '../problem.ts';
import { healthSchema } from '../schemas.ts';

export interface HealthOptions {
  readonly engine: Engine;
  readonly models: Models;
  readonly version: string;
}

const route = createRoute({
  method: 'get',
  path: '/health',
  operationId: 'getHealth',
  summary: 'Reports that the service works, and which networks it uses',
  tags: ['Service'],
  security: [],
  responses: {
    200: { description: 'The service works', content: { 'application/json': { schema: healthSchema } } },
    ...problemResponses('internal-error'),
  },
});

export function addHealth(app: OpenAPIHono<Env>, { engine, models, version }: HealthOptions): void {
  app.openapi(route, async (c) => {
    const [detector, estimators] = await Promise.all([engine.loadDetector(), models.estimators()]);
    // One network may estimate several attributes.
    const inService = new Map([detector, ...estimators].map(({ model }) => [JSON.stringify(model), model]));
    return c.json({ status: 'ok', version, engine: engine.name, models: [...inService.values()] }, 200);
  });
}
