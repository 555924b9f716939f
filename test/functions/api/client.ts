import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { connectTo, type Target } from '../../../cli/target.ts';
import { type ApiKey, Keys, type NewKey } from '../../../functions/api/keys.ts';
import { type ProblemKind, problemDocumentSchema } from '../../../functions/api/problem.ts';
import { type PhotoAnswer, photoAnswerSchema, uploadSchema } from '../../../functions/api/schemas.ts';
import type { LocalStack } from '../../../local/stack.ts';
import { PATIENCE } from '../../eventually.ts';
import { testStack } from '../../stack.ts';

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly bytes: Buffer;
}

/** One holder of a key, talking to the test stack as any client does. */
export class Client {
  readonly target: Target;
  /** Without it, requests have no key. */
  readonly key: string | undefined;
  /** The API's address. */
  readonly url: string;

  private constructor(target: Target, url: string, key: string | undefined) {
    this.target = target;
    this.url = url;
    this.key = key;
  }

  /** With a new key, of a new owner unless told otherwise. */
  static async create(key: Partial<NewKey> = {}, running?: LocalStack): Promise<Client> {
    const stack = running ?? (await testStack());
    const target = connectTo(stack);
    const made = await new Keys(target.dynamo, stack.keyTable).create({
      name: 'test',
      requestsPerSecond: 1000,
      ...key,
    });
    return new Client(target, stack.apiUrl, made.secret);
  }

  /** The same stack, another key or none. */
  with(key: string | undefined): Client {
    return new Client(this.target, this.url, key);
  }

  get keys(): Keys {
    return new Keys(this.target.dynamo, this.target.stack.keyTable);
  }

  /** Whose photos its key opens. */
  async owner(): Promise<string> {
    return (await this.#known()).owner;
  }

  /** What its key is revoked by. */
  async keyId(): Promise<string> {
    return (await this.#known()).id;
  }

  async #known(): Promise<ApiKey> {
    const use = await this.keys.use(this.key ?? '');
    if (!('key' in use) || 'refused' in use) throw new Error('Expected a valid key.');
    return use.key;
  }

  /** @param path relative to the API's address */
  async send(method: string, path: string, init: Omit<RequestInit, 'method'> = {}): Promise<Answer> {
    const headers = new Headers(init.headers);
    if (this.key !== undefined && !headers.has('authorization')) headers.set('x-api-key', this.key);
    const response = await fetch(`${this.url}${path}`, { ...init, method, headers, redirect: 'manual' });
    return {
      status: response.status,
      headers: response.headers,
      bytes: Buffer.from(await response.arrayBuffer()),
    };
  }

  sendJson(method: string, path: string, body: unknown): Promise<Answer> {
    return this.send(method, path, {
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
  }

  sendPhoto(bytes: Uint8Array<ArrayBuffer>, { type = 'image/jpeg', query = '' } = {}): Promise<Answer> {
    return this.send('POST', `predict${query}`, { headers: { 'content-type': type }, body: bytes });
  }

  /** Uploads a photo the way `POST /photos` says. @returns its id */
  async upload(
    bytes: Uint8Array<ArrayBuffer>,
    contentType = 'image/jpeg',
    attributes?: string[],
  ): Promise<string> {
    const { id, upload } = await this.prepare({ contentType, ...(attributes && { attributes }) });
    const { status, bytes: text } = await post(upload, bytes);
    assert.equal(status, 204, text.toString());
    return id;
  }

  async prepare(request: { contentType: string; bytes?: number; attributes?: string[] }) {
    const answer = await this.sendJson('POST', 'photos', request);
    assert.equal(answer.status, 201, answer.bytes.toString());
    return uploadSchema.parse(json(answer));
  }

  /** Asks for a photo, at the intervals that the answers say, until its analysis is over. */
  async result(id: string): Promise<PhotoAnswer> {
    for (const deadline = Date.now() + PATIENCE; Date.now() < deadline; ) {
      const answer = await this.send('GET', `photos/${id}`);
      if (answer.status === 200) return photoAnswerSchema.parse(json(answer));
      assert.equal(answer.status, 202, answer.bytes.toString());
      const seconds = Number(answer.headers.get('retry-after'));
      assert.ok(seconds >= 1 && seconds <= 5);
      await sleep(250);
    }
    throw new Error(`Expected the analysis of ${id} to be over by now.`);
  }
}

/** Sends a form as S3 takes it. */
export async function post(
  { url, fields }: { url: string; fields: Readonly<Record<string, string>> },
  file: Uint8Array<ArrayBuffer>,
): Promise<Answer> {
  const form = new FormData();
  for (const [name, value] of Object.entries(fields)) form.set(name, value);
  form.set('file', new Blob([file]));
  const response = await fetch(url, { method: 'POST', body: form });
  return {
    status: response.status,
    headers: response.headers,
    bytes: Buffer.from(await response.arrayBuffer()),
  };
}

export const json = ({ bytes }: Answer): unknown => JSON.parse(bytes.toString());

/** What only the inside knows. */
const INTERNAL =
  /ministack|node_modules|file:\/\/|\.ts\b|\.js\b|\\n +at |arn:|dynamo|amazonaws|Zod|TypeError|ENOENT|facedrop-/i;

/** A problem document of this kind, which says what to do and nothing about the inside. */
export function assertProblem(answer: Answer, kind: ProblemKind) {
  const text = answer.bytes.toString();
  assert.equal(answer.headers.get('content-type'), 'application/problem+json', text);
  const problem = problemDocumentSchema.strict().parse(JSON.parse(text));
  assert.equal(problem.type, `urn:facedrop:problem:${kind}`, text);
  assert.equal(problem.status, answer.status);
  assert.match(problem.detail, /^Expected .+\.$/s);
  assert.doesNotMatch(text, INTERNAL);
  return problem;
}
