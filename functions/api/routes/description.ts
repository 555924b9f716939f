import type { OpenAPIHono } from '@hono/zod-openapi';
import { plurals } from '../../../attributes/facts.ts';
import { enumerate } from '../../../attributes/words.ts';
import type { AccessMode } from '../access.ts';
import type { Env } from '../env.ts';
import { renderReference } from '../reference.ts';

export interface DescriptionOptions {
  readonly version: string;
  /** Who may call. */
  readonly accessMode: AccessMode;
}

const DESCRIPTION = `Finds the faces of photos and estimates their ${enumerate(plurals('en'))}.

Send a photo to \`POST /predict\` and get its faces at once; nothing is stored. Or have it kept: \`POST /photos\` prepares
an upload, and \`GET /photos/{id}\` returns the result soon after. \`DELETE /photos/{id}\` erases all that was kept.

Every error is a problem document (RFC 9457), whose \`type\` ends with one of the codes that are listed with each response
below. With status 429, \`Retry-After\` gives the seconds to wait. What API Gateway itself refuses has only a \`message\`: too
many requests from all callers together, bodies beyond its limits, and time-outs.`;

/** What the routes say of themselves: `GET /openapi.json`, and for people `GET /reference`. To be added last. */
export function addDescription(app: OpenAPIHono<Env>, { version, accessMode }: DescriptionOptions): void {
  for (const [name, scheme] of Object.entries(SCHEMES[accessMode])) {
    app.openAPIRegistry.registerComponent('securitySchemes', name, scheme);
  }
  const description = app.getOpenAPI31Document({
    openapi: '3.1.0',
    info: {
      title: 'facedrop',
      version,
      description: DESCRIPTION,
      license: { name: 'MIT' },
    },
    // Where the document lies: behind whichever address API Gateway gave the service.
    servers: [{ url: '.' }],
    tags: ['Prediction', 'Photos', 'Labels', 'Trainings', 'Service'].map((name) => ({ name })),
    security: Object.keys(SCHEMES[accessMode]).map((name) => ({ [name]: [] })),
  });
  const json = JSON.stringify(description);
  app.get('/openapi.json', (c) => c.body(json, 200, { 'Content-Type': 'application/json' }));

  const reference = renderReference(description);
  app.get('/reference', (c) => c.html(reference.html, 200, reference.headers));
}

const SCHEMES = {
  key: {
    key: {
      type: 'apiKey',
      in: 'header',
      name: 'x-api-key',
      description: 'An API key, which the operator creates',
    },
    bearer: { type: 'http', scheme: 'bearer', description: 'The same key as a bearer token' },
  },
  iam: {
    signature: {
      type: 'apiKey',
      in: 'header',
      name: 'Authorization',
      description: 'AWS Signature Version 4, for the service execute-api',
      'x-amazon-apigateway-authtype': 'awsSigv4',
    },
  },
} as const;
