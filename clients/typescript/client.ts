import createFetchClient, { type Client } from 'openapi-fetch';
import type { paths } from './api.d.ts';

export type * from './api.d.ts';

export interface ClientOptions {
  /** Where the service is, such as `https://abc123.execute-api.eu-central-1.amazonaws.com`. */
  readonly url: string | URL;
  /** An API key, which begins with `fd_`. */
  readonly key: string;
}

/**
 * Makes a client of the HTTP API. A call resolves to `data`, or to `error`: the problem document, which says
 * what was expected and what to do next. It rejects only when no answer came.
 */
export function createClient({ url, key }: ClientOptions): Client<paths> {
  return createFetchClient<paths>({
    baseUrl: String(url),
    headers: { 'x-api-key': key },
    bodySerializer: serialize,
  });
}

/** Photos go as forms, all else goes as JSON. */
function serialize(body: unknown): FormData | string {
  const file = typeof body === 'object' && body !== null && 'file' in body ? body.file : body;
  if (!(file instanceof Blob)) return JSON.stringify(body);
  const form = new FormData();
  form.set('file', file);
  return form;
}
