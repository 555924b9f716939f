import { z } from '@hono/zod-openapi';
import { excerpt } from './excerpt.ts';

/**
 * Everything that can go wrong for a client, as RFC 9457 problem documents. What goes wrong inside is reported to
 * the log only.
 */
const KINDS = {
  'invalid-request': [400, 'The request is not valid'],
  'missing-key': [401, 'The request has no API key'],
  'wrong-key': [401, 'The API key is not valid'],
  'not-signed': [401, 'The request is not signed by an AWS identity'],
  'not-allowed': [403, 'The caller is not allowed to do this'],
  'not-found': [404, 'Not found'],
  'method-not-allowed': [405, 'The method is not allowed here'],
  'training-runs': [409, 'A training of this task is already running, or too many trainings are running'],
  'not-ready': [409, 'The photo is not ready for this'],
  'too-many-faces': [409, 'The photo has too many faces for this'],
  'too-many-bytes': [413, 'The photo has too many bytes'],
  'too-many-pixels': [413, 'The photo has too many pixels'],
  'unsupported-media-type': [415, 'The type of the body is not supported'],
  'not-an-image': [415, 'The file is not an image'],
  'unsupported-format': [415, 'The format of the photo is not supported'],
  'no-such-data': [422, 'There is no such data set'],
  'wrong-network': [422, "This network can't learn this attribute"],
  'unknown-attribute': [422, 'This attribute is not turned on'],
  'over-budget': [422, 'The training would exceed its budget'],
  empty: [422, 'The photo is empty'],
  corrupt: [422, 'The photo is damaged'],
  'too-complex': [422, 'The photo takes too long to decode'],
  unreadable: [422, 'The photo cannot be read from S3'],
  'too-many-requests': [429, 'There are too many requests'],
  'quota-used-up': [429, "Today's requests are used up"],
  'internal-error': [500, 'Something went wrong in the service'],
  'no-trainer': [501, 'This stack has no trainer'],
} as const satisfies Record<string, readonly [number, string]>;

export type ProblemKind = keyof typeof KINDS;

/** What may happen on every route that asks who calls. */
export const ACCESS_PROBLEMS = [
  'missing-key',
  'wrong-key',
  'not-signed',
  'too-many-requests',
  'quota-used-up',
  'internal-error',
] as const satisfies ProblemKind[];

export const faultSchema = z
  .object({
    field: z.string().describe('Where the fault is: a parameter, a header, or a path in the body'),
    expected: z.string(),
    received: z.string(),
  })
  .openapi('Fault');
export type Fault = z.infer<typeof faultSchema>;

export const problemDocumentSchema = z
  .object({
    type: z.string().describe('Identifies the kind of problem; stable'),
    title: z.string(),
    status: z.int().min(400).max(599),
    detail: z.string().describe('What was expected, what was received, and what to do next'),
    errors: z.array(faultSchema).optional(),
  })
  .openapi('Problem');

const MEDIA_TYPE = 'application/problem+json';

/** Thrown to answer a request with a problem document. */
export class Problem extends Error {
  override readonly name = 'Problem';
  readonly kind: ProblemKind;
  readonly errors: readonly Fault[];
  readonly headers: Readonly<Record<string, string>>;

  constructor(
    kind: ProblemKind,
    detail: string,
    { errors = [], headers = {} }: { errors?: readonly Fault[]; headers?: Record<string, string> } = {},
  ) {
    super(detail);
    this.kind = kind;
    this.errors = errors;
    this.headers = headers;
  }

  get status(): number {
    return KINDS[this.kind][0];
  }

  get title(): string {
    return KINDS[this.kind][1];
  }

  toResponse(): Response {
    const document: z.input<typeof problemDocumentSchema> = {
      type: `urn:facedrop:problem:${this.kind}`,
      title: this.title,
      status: this.status,
      detail: this.message,
      ...(this.errors.length > 0 && { errors: [...this.errors] }),
    };
    return new Response(JSON.stringify(document), {
      status: this.status,
      headers: { ...this.headers, 'Content-Type': MEDIA_TYPE },
    });
  }
}

export const internalError = () =>
  new Problem(
    'internal-error',
    'Expected to answer the request but something went wrong in the service. Try again later.',
  );

/** Nothing is at a path, or nothing that the caller may see. */
export const notFound = (path: string) =>
  new Problem('not-found', `Expected an existing path but received ${excerpt(path)}.`);

/** What a route's OpenAPI description says of its problems. */
export function problemResponses(...kinds: readonly ProblemKind[]) {
  const byStatus = Map.groupBy(kinds, (kind) => KINDS[kind][0]);
  return Object.fromEntries(
    [...byStatus].map(([status, own]) => [
      status,
      {
        description: own.map((kind) => `${KINDS[kind][1]} (\`${kind}\`)`).join(', or: '),
        content: { [MEDIA_TYPE]: { schema: problemDocumentSchema } },
      },
    ]),
  );
}
