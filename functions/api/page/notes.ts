import { html, type Markup } from '../../../support/markup.ts';
import type { FaceAnswer, Prediction } from '../schemas.ts';
import { dictionary, type Language, type ProblemCode } from './dictionary.ts';

/** What the page reads of an RFC 9457 problem document; status 0 where there was no answer. */
export interface ProblemDocument {
  /** Ends with the problem's code. */
  readonly type?: string;
  readonly status: number;
  readonly detail?: string;
}

/** Problems that are known by their status alone. */
const BY_STATUS: Readonly<Record<number, ProblemCode>> = {
  401: 'wrong-key',
  403: 'not-allowed',
  404: 'not-found',
  413: 'too-many-bytes',
  415: 'not-an-image',
  429: 'too-many-requests',
};

/** What went wrong, what to do about it, and the service's own words, which are English. */
export function problemNote(problem: ProblemDocument, language: Language): Markup {
  const texts = dictionary[language];
  const [title, advice] = texts.problems[codeOf(problem)];
  return html`<div class="note problem"><p><strong>${title}</strong></p><p>${advice}</p>
${problem.detail && html`<p class="detail" lang="en">${problem.detail}</p>`}</div>`;
}

export function codeOf({ type = '', status }: ProblemDocument): ProblemCode {
  const code = type.slice(type.lastIndexOf(':') + 1);
  if (Object.hasOwn(dictionary.en.problems, code)) return code as ProblemCode;
  return BY_STATUS[status] ?? (status >= 500 ? 'unavailable' : 'other');
}

/** Largest first. */
export const facesOf = (prediction: Prediction): readonly FaceAnswer[] =>
  prediction.ismankind ? prediction.faces : [];

/** Whether the same request may succeed later or with another key: the photo itself is not at fault. */
export const isPassing = ({ status }: ProblemDocument): boolean => ![413, 415, 422].includes(status);

/** Problems that another key may solve. */
const OF_KEY: ReadonlySet<ProblemCode> = new Set([
  'missing-key',
  'wrong-key',
  'not-allowed',
  'quota-used-up',
]);

export const isOfKey = (problem: ProblemDocument): boolean => OF_KEY.has(codeOf(problem));

/** "2 faces", "the 100 largest of 120 faces", "No face found" */
export function summarise(prediction: Prediction, language: Language): string {
  const texts = dictionary[language];
  if (!prediction.ismankind) return texts.noFace;
  const { faces, facesFound } = prediction;
  return facesFound > faces.length ? texts.facesOf(faces.length, facesFound) : texts.faces(faces.length);
}

export function noFaceNote(language: Language): Markup {
  const texts = dictionary[language];
  return html`<div class="note"><p><strong>${texts.noFace}</strong></p><p>${texts.noFaceAdvice}</p></div>`;
}
