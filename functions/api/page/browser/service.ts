import { WORDS } from '../../../../attributes/list.ts';
import type { BoundingBox } from '../../../../vision/engine.ts';
import type { Prediction } from '../../schemas.ts';
import type { Correction } from '../face-card.ts';
import type { ProblemDocument } from '../notes.ts';
import { currentKey } from './key.ts';
import { MOST_BYTES } from './photo.ts';

/** A kept photo's id, and what the service found on it. */
export interface KeptPhoto {
  readonly id: string;
  /** In pixels. */
  readonly width: number;
  readonly faces: readonly { readonly box: BoundingBox }[];
}

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

/** The longest waits for the analysis of a kept photo, and before another try when the service is busy, in milliseconds. */
const ANALYSIS_TIME = 60_000;
const PATIENCE = 10_000;

/** @throws ProblemError */
export async function predict(photo: Blob, signal: AbortSignal): Promise<Prediction> {
  if (photo.size > MOST_BYTES) throw new ProblemError({ type: 'too-many-bytes', status: 413 });
  const body = new FormData();
  body.set('file', photo);
  const response = await request('predict?probabilities=true', { method: 'POST', body, signal });
  return response.json();
}

/**
 * Uploads a photo to be kept, and waits for its analysis.
 * @param onAnalysis called when the upload is done
 * @throws ProblemError
 */
export async function keepPhoto(photo: Blob, onAnalysis: () => void): Promise<KeptPhoto> {
  const created = await sendJson('photos', 'POST', { contentType: photo.type, bytes: photo.size });
  const { id, upload } = await created.json();
  const form = new FormData();
  for (const [name, value] of Object.entries<string>(upload.fields)) form.set(name, value);
  form.set('file', photo);
  try {
    const stored = await reach(upload.url, { method: 'POST', body: form });
    if (!stored.ok) throw new ProblemError({ type: 'unavailable', status: stored.status });
    onAnalysis();
    return await analysed(id);
  } catch (error) {
    // Nobody would know its id to erase it later.
    await erasePhoto(id).catch(() => {});
    throw error;
  }
}

/** @throws ProblemError */
export async function correctFace(id: string, face: number, correction: Correction): Promise<void> {
  const isListed = (name: string) => WORDS.some((words) => words.name === name);
  const entries = Object.entries(correction);
  const own = entries.filter(([name]) => !isListed(name));
  await sendJson(`photos/${id}/faces/${face}/label`, 'PUT', {
    ...Object.fromEntries(entries.filter(([name]) => isListed(name))),
    ...(own.length > 0 && { attributes: Object.fromEntries(own) }),
    consent: true,
  });
}

/** Erases a kept photo with all that belongs to it; one that is gone already is no error. */
export async function erasePhoto(id: string): Promise<void> {
  try {
    await request(`photos/${id}`, { method: 'DELETE' });
  } catch (error) {
    if (problemOf(error).status !== 404) throw error;
  }
}

async function analysed(id: string): Promise<KeptPhoto> {
  const deadline = performance.now() + ANALYSIS_TIME;
  while (performance.now() < deadline) {
    const response = await request(`photos/${id}`);
    if (response.status === 200) {
      const { status, failure, width, faces } = await response.json();
      if (status === 'done') return { id, width, faces };
      throw new ProblemError({ type: failure?.code, detail: failure?.message, status: 422 });
    }
    await delay(secondsToRetry(response, 1) * 1000);
  }
  throw new ProblemError({ type: 'too-slow', status: 504 });
}

const sendJson = (path: string, method: string, body: unknown): Promise<Response> =>
  request(path, { method, headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) });

/** Asks the service, with the key, and a second time if it is only busy for a moment. */
async function request(path: string, options: RequestInit = {}, again = true): Promise<Response> {
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

async function reach(address: string, options: RequestInit): Promise<Response> {
  try {
    return await fetch(address, options);
  } catch (cause) {
    throw new ProblemError({ type: 'offline', status: 0 }, { cause });
  }
}

const secondsToRetry = (response: Response, otherwise: number): number =>
  Number(response.headers.get('retry-after') ?? otherwise);

const delay = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));
