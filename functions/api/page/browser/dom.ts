import type { Markup } from '../../../../support/markup.ts';

/** @throws Error when the document has no such element, of this kind, with this id */
export function byId<T extends Element>(id: string, type: new () => T): T {
  return ofType(document.getElementById(id), type, `#${id}`);
}

/** @throws Error when there is no such element, of this kind, within `parent` */
export function within<T extends Element>(parent: ParentNode, selector: string, type: new () => T): T {
  return ofType(parent.querySelector(selector), type, selector);
}

/** @throws Error when the markup is not one element of this kind */
export function toElement<T extends Element>(markup: Markup, type: new () => T): T {
  const template = document.createElement('template');
  template.innerHTML = markup.toString();
  return ofType(template.content.firstElementChild, type, markup.toString());
}

/** How long a notice is there, in milliseconds. */
const NOTICE = 8000;
let noticed: ReturnType<typeof setTimeout> | undefined;

/** Says for a while what became of an action. */
export function notify(text: string): void {
  const notice = byId('notice', HTMLElement);
  notice.textContent = text;
  clearTimeout(noticed);
  noticed = setTimeout(() => notice.replaceChildren(), NOTICE);
}

/** Says something to those who can't see it. */
export function announce(text: string): void {
  byId('status', HTMLElement).textContent = text;
}

function ofType<T extends Element>(element: Element | null, type: new () => T, description: string): T {
  if (element instanceof type) return element;
  throw new Error(`Expected a ${type.name} at ${description} but received ${element?.tagName ?? 'nothing'}.`);
}
