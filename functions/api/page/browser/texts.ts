import { dictionary, type Language, TAGS, type TextKey, type Texts } from '../dictionary.ts';

let language: Language = document.documentElement.lang.startsWith('zh') ? 'zh' : 'en';

export const currentLanguage = (): Language => language;
export const texts = (): Texts => dictionary[language];

/** Turns the document itself to a language; what the script has put into it turns by itself. */
export function setLanguage(to: Language): void {
  language = to;
  document.documentElement.lang = TAGS[to];
  for (const element of document.querySelectorAll<HTMLElement>('[data-text]')) {
    element.textContent = texts()[element.dataset.text as TextKey];
  }
  for (const element of document.querySelectorAll<HTMLElement>('[data-label]')) {
    element.ariaLabel = texts()[element.dataset.label as TextKey];
  }
}
