import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import './chinese.ts';
import { html, type Markup } from '../../../support/markup.ts';
import type { Prediction } from '../schemas.ts';
import { dictionary, type Language } from './dictionary.ts';
import { faceCard } from './face-card.ts';
import { facesOf, noFaceNote, type ProblemDocument, problemNote, summarise } from './notes.ts';
import { overlay } from './overlay.ts';

export { type Language, languageOf } from './dictionary.ts';

/** The answer to a form, which browsers send where the page's script does not run. */
export type FormAnswer =
  | {
      readonly prediction: Prediction;
      /** The photo as a `data:` address, upright and scaled down, to be shown with boxes on it. */
      readonly photo?: string | undefined;
    }
  | { readonly problem: ProblemDocument };

export interface Asset {
  readonly body: Uint8Array<ArrayBuffer>;
  /** Media type. */
  readonly type: string;
}

const TYPES: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8',
  '.jpg': 'image/jpeg',
  '.js': 'text/javascript; charset=utf-8',
  '.svg': 'image/svg+xml',
};

/** The page that people open in a browser, as `buildPage` built it. */
export class Page {
  readonly #documents: Readonly<Record<Language, string>>;
  readonly #assets: ReadonlyMap<string, Asset>;

  private constructor(documents: Record<Language, string>, assets: ReadonlyMap<string, Asset>) {
    this.#documents = documents;
    this.#assets = assets;
  }

  /** @param folder what `buildPage` was given */
  static async load(folder: string): Promise<Page> {
    const assets = path.join(folder, 'assets');
    const [en, zh, ...files] = await Promise.all([
      readFile(path.join(folder, 'index.en.html'), 'utf8'),
      readFile(path.join(folder, 'index.zh.html'), 'utf8'),
      ...(await readdir(assets)).map(
        async (name): Promise<[string, Asset]> => [
          name,
          {
            body: new Uint8Array(await readFile(path.join(assets, name))),
            type: TYPES[path.extname(name)] ?? 'application/octet-stream',
          },
        ],
      ),
    ]);
    return new Page({ en, zh }, new Map(files));
  }

  /** The whole document, with the answer to a form where there is one. */
  render(language: Language, answer?: FormAnswer): string {
    return this.#documents[language].replace('{answer}', () =>
      answer ? article(answer, language).toString() : '',
    );
  }

  /** A file of the folder `assets`. It never changes under the same name, so browsers may keep it for good. */
  asset(name: string): Asset | undefined {
    return this.#assets.get(name);
  }
}

/**
 * What goes with every document of the page.
 * @param uploads where the photos to be kept are uploaded to: the photo bucket's origin
 */
export function pageHeaders(uploads: string): Readonly<Record<string, string>> {
  const policy = [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self' blob: data:",
    'media-src blob:',
    `connect-src 'self' ${uploads}`,
    "form-action 'self'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
  ];
  return {
    'content-security-policy': policy.join('; '),
    'permissions-policy': 'camera=(self), microphone=(), geolocation=()',
    'referrer-policy': 'no-referrer',
    'x-content-type-options': 'nosniff',
    'cross-origin-opener-policy': 'same-origin',
    'cache-control': 'no-cache',
    vary: 'Accept-Language',
  };
}

function article(answer: FormAnswer, language: Language): Markup {
  const texts = dictionary[language];
  if ('problem' in answer) {
    return html`<article class="card photo"><div class="faces">${problemNote(answer.problem, language)}</div></article>`;
  }
  const { prediction, photo } = answer;
  const faces = facesOf(prediction);
  const boxes = prediction.ismankind && overlay(faces, { ...prediction, language, correctable: false });
  return html`<article class="card photo" aria-labelledby="answer">
<header><h2 id="answer">${texts.photo}</h2><p class="summary">${summarise(prediction, language)}</p></header>
${photo && html`<figure><div class="frame"><img src="${photo}" alt="${texts.photo}">${boxes}</div></figure>`}
<div class="faces">${
    faces.length > 0
      ? html`<ol>${faces.map((face, index) => faceCard(face, index, { language, photo: 'answer', correctable: false, pictured: false }))}</ol>`
      : noFaceNote(language)
  }</div>
</article>`;
}
