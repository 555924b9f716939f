import { createHash } from 'node:crypto';
import type { HonoRequest, MiddlewareHandler } from 'hono';
import { createMiddleware } from 'hono/factory';
import * as z from 'zod';
import type { Refusal } from './allowance.ts';
import type { Env } from './env.ts';
import { FORM, readForm } from './form.ts';
import type { Identities } from './identities.ts';
import { KEY_BEGINNING, type Keys } from './keys.ts';
import { Problem } from './problem.ts';

/** What callers are known by: an API key, or the signature of an AWS identity. */
export type AccessMode = 'key' | 'iam';

/** Lets nobody in who may not come in, and notes who it is; a route without it is open to everyone. */
export type Access = MiddlewareHandler<Env>;

/** Callers are who holds a key: in the header `x-api-key`, as bearer token, or in a plain HTML form's field `key`. */
export function keyAccess(keys: Keys): Access {
  return createMiddleware<Env>(async (c, next) => {
    const secret =
      c.req.header('x-api-key') ?? bearerToken(c.req.header('authorization')) ?? (await formKey(c.req));
    if (secret === undefined) {
      throw new Problem(
        'missing-key',
        'Expected an API key in the header x-api-key, or as a bearer token in the header Authorization, but received none.',
        { headers: { 'WWW-Authenticate': CHALLENGE } },
      );
    }
    const use = await keys.use(secret);
    if ('refused' in use) throw refusal(use, 'with this key');
    const { owner, admin, trainings } = use.key;
    c.set('caller', { owner, admin, trainings });
    await next();
  });
}

/**
 * Callers are AWS identities, which API Gateway has checked. Whoever comes past it comes to nothing.
 * @param identities where their requests are counted
 * @param admins those that may also name photos dropped into the bucket, and train: `role/NAME` or `user/NAME`
 */
export const iamAccess = (identities: Identities, admins: readonly string[]): Access =>
  createMiddleware<Env>(async (c, next) => {
    const { data: context } = signedContextSchema.safeParse(c.env.event.requestContext);
    if (!context) {
      throw new Problem(
        'not-signed',
        'Expected a request signed with AWS Signature Version 4 for the service execute-api but received one without an identity.',
      );
    }
    const identity = identityOf(context.authorizer.iam.userArn);
    const owner = ownerOf(identity);
    const refused = await identities.use(owner);
    if (refused) throw refusal(refused, 'as this AWS identity');
    const admin = admins.includes(nameOf(identity));
    c.set('caller', { owner, admin, trainings: admin });
    await next();
  });

/** The part of an event that says whose signature API Gateway has checked. */
const signedContextSchema = z.object({
  authorizer: z.object({ iam: z.object({ userArn: z.string().min(1) }) }),
});

/** Sessions of one role are one identity: `…:assumed-role/role/session` is the role. */
const identityOf = (arn: string): string =>
  arn.replace(/^(arn:[^:]+:sts::\d+:assumed-role\/[^/]+)\/.*$/, '$1');

const ownerOf = (identity: string): string =>
  createHash('sha256').update(identity).digest('base64url').slice(0, 22);

/** `role/NAME` or `user/NAME`, whatever path it lies below. */
function nameOf(identity: string): string {
  const [kind = '', ...path] = identity.split(':').at(-1)?.split('/') ?? [];
  return `${kind === 'assumed-role' ? 'role' : kind}/${path.at(-1)}`;
}

const CHALLENGE = 'Bearer realm="facedrop"';

const bearerToken = (header: string | undefined) => header?.match(/^Bearer +(\S+)$/i)?.[1];

/** A form without scripts cannot set headers. One that holds no key is not taken apart. */
async function formKey(request: HonoRequest): Promise<string | undefined> {
  if (!request.header('content-type')?.toLowerCase().startsWith(FORM)) return undefined;
  if (!Buffer.from(await request.arrayBuffer()).includes(KEY_BEGINNING)) return undefined;
  const key = await readForm(request).then(
    (form) => form.get('key'),
    () => undefined,
  );
  return typeof key === 'string' ? key : undefined;
}

/** @param caller "with this key" … */
function refusal(use: Refusal, caller: string): Problem {
  const challenge = { 'WWW-Authenticate': `${CHALLENGE}, error="invalid_token"` };
  switch (use.refused) {
    case 'unknown':
      return new Problem('wrong-key', 'Expected a valid API key but received an unknown one.', {
        headers: challenge,
      });
    case 'revoked':
      return new Problem('wrong-key', 'Expected a valid API key but received one that was revoked.', {
        headers: challenge,
      });
    case 'rate':
      return new Problem(
        'too-many-requests',
        `Expected at most ${use.limit.requestsPerSecond} requests per second ${caller} but received more. Wait for the seconds that Retry-After gives.`,
        { headers: { 'Retry-After': String(use.retryAfterSeconds) } },
      );
    case 'quota':
      return new Problem(
        'quota-used-up',
        `Expected at most ${use.limit.requestsPerDay} requests per day ${caller} but they are used up. A new day begins at midnight UTC.`,
        { headers: { 'Retry-After': String(use.retryAfterSeconds) } },
      );
  }
}
