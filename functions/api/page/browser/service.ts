import type { Prediction } from '../../schemas.ts';
import type { ProblemDocument } from '../notes.ts';
import { currentKey } from './key.ts';
import { MOST_BYTES } from './photo.ts';

export class ProblemError extends Error {
  override readonly name = 'ProblemError';
  readonly problem: ProblemDocument;

  constructor(problem: ProblemDocument, options?: ErrorOptions) {
    super(problem.detail ?? problem.type ?? `Status ${problem.status}`, options);
    this.problem = problem;
  }
}

/** What to tell a person about an error. */
export const problemOf = (error: unknown): ProblemDocument =>
  error instanceof ProblemError ? error.problem : { status: 0 };

/** The longest wait before another try when the service is busy, in milliseconds. */
const PATIENCE = 10_000;

/** @throws ProblemError */
export async function predict(photo: Blob, signal: AbortSignal): Promise<Prediction> {
  if (photo.size > MOST_BYTES) throw new ProblemError({ type: 'too-many-bytes', status: 413 });
  const body = new FormData();
  body.set('file', photo);
  const response = await request('predict?probabilities=true', { method: 'POST', body, signal });
  return response.json();
}

/** Erases a kept photo with all that belongs to it; one that is gone already is no error. */
export async function erasePhoto(id: string): Promise<void> {
  try {
    await request(`photos/${id}`, { method: 'DELETE' });
  } catch (error) {
    if (problemOf(error).status !== 404) throw error;
  }
}

/**
 * Asks the service, with the key, and a second time if it is only busy for a moment.
 * @throws ProblemError
 */
export async function request(path: string, options: RequestInit = {}, again = true): Promise<Response> {
  const key = currentKey();
  if (key === undefined) throw new ProblemError({ type: 'missing-key', status: 401 });
  // A header may hold no other characters: a dash in place of a hyphen, say.
  if (/[^!-~]/.test(key)) throw new ProblemError({ type: 'wrong-key', status: 401 });
  const headers = new Headers(options.headers);
  headers.set('x-api-key', key);
  const response = await reach(path, { ...options, headers });
  if (response.ok) return response;
  const wait = secondsToRetry(response, Number.POSITIVE_INFINITY) * 1000;
  if (response.status === 429 && again && wait <= PATIENCE) {
    await delay(wait);
    return request(path, options, false);
  }
  const problem = await response.json().catch(() => ({}));
  throw new ProblemError({ ...problem, status: response.status });
}

/** @throws ProblemError */
export async function reach(address: string, options: RequestInit): Promise<Response> {
  try {
    return await fetch(address, options);
  } catch (cause) {
    throw new ProblemError({ type: 'offline', status: 0 }, { cause });
  }
}

export const secondsToRetry = (response: Response, otherwise: number): number =>
  Number(response.headers.get('retry-after') ?? otherwise);

export const delay = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));
