import { WORDS } from '../../../../attributes/list.ts';
import type { BoundingBox } from '../../../../vision/engine.ts';
import type { Correction } from '../face-card.ts';
import { delay, erasePhoto, ProblemError, reach, request, secondsToRetry } from './service.ts';

/** A kept photo's id, and what the service found on it. */
export interface KeptPhoto {
  readonly id: string;
  /** In pixels. */
  readonly width: number;
  readonly faces: readonly { readonly box: BoundingBox }[];
}

/** The longest wait for its analysis, in milliseconds. */
const ANALYSIS_TIME = 60_000;

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
