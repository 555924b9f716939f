import { createRoute, type OpenAPIHono } from '@hono/zod-openapi';
import type { Engine } from '../../../vision/engine.ts';
import type { Env } from '../env.ts';
import { healthSchema } from '../schemas.ts';

export interface HealthOptions {
  readonly engine: Engine;
  readonly version: string;
}

const route = createRoute({
  method: 'get',
  path: '/health',
  operationId: 'getHealth',
  summary: 'Says whether the service works, and which networks it uses',
  tags: ['Service'],
  security: [],
  responses: {
    200: { description: 'It works', content: { 'application/json': { schema: healthSchema } } },
  },
});

export function addHealth(app: OpenAPIHono<Env>, { engine, version }: HealthOptions): void {
  app.openapi(route, async (c) => {
    const networks = await Promise.all([engine.loadDetector(), engine.loadAgeGenderEstimator()]);
    return c.json(
      { status: 'ok', version, engine: engine.name, models: networks.map(({ model }) => model) },
      200,
    );
  });
}
