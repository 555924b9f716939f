import {
  dictionary,
  type Language,
  type ProblemCode,
  TAGS,
  type TextKey,
  type Texts,
} from '../dictionary.ts';
import { announce, byId } from './dom.ts';
import { hasChinese } from './glyphs.ts';

let language: Language = document.documentElement.lang.startsWith('zh') ? 'zh' : 'en';

export const currentLanguage = (): Language => language;
export const texts = (): Texts => dictionary[language];

/** Loads a language; English is there. @throws TypeError when the connection is gone */
export async function loadLanguage(wanted: Language): Promise<void> {
  if (wanted === 'zh') await import('../chinese.ts');
}

/** Turns the document to a language, except for what the script has drawn, which has to be drawn again. */
export function setLanguage(to: Language): void {
  language = to;
  document.documentElement.lang = TAGS[to];
  for (const element of document.querySelectorAll<HTMLElement>('[data-text]')) {
    element.textContent = texts()[element.dataset.text as TextKey];
  }
  for (const element of document.querySelectorAll<HTMLElement>('[data-label]')) {
    element.ariaLabel = texts()[element.dataset.label as TextKey];
  }
  nameOtherLanguage();
}

export const otherLanguage = (): Language => (language === 'en' ? 'zh' : 'en');

/** Names the other language as its readers do, unless the browser would show boxes in place of its characters. */
export function nameOtherLanguage(): void {
  const link = byId('language', HTMLAnchorElement);
  const other = otherLanguage();
  const readable = other === 'en' || hasChinese(getComputedStyle(link).fontFamily);
  link.textContent = readable ? texts().otherLanguage : texts().otherLanguageTranslated;
  link.lang = TAGS[readable ? other : language];
  link.hreflang = TAGS[other];
  link.href = `./?language=${other}`;
}

/** Says what went wrong where the user chooses photos. */
export function tellProblem(code: ProblemCode): void {
  const problem = texts().problems[code].join('. ');
  byId('drop-hint', HTMLElement).textContent = problem;
  announce(problem);
}
