import { byId } from './dom.ts';

const NAME = 'apiKey';

/** Where the browser forbids storage, the key lasts as long as the document. */
let key = storage()?.getItem(NAME) ?? undefined;

/** The API key that the user gave, for this tab only. */
export const currentKey = (): string | undefined => key;

/**
 * Lets the user give a key: in the address (`#key=…`, which it is removed from at once) or in the form.
 * @param onKey called with every key that is typed
 */
export function watchKey(onKey: () => void): void {
  const entry = byId('key-entry', HTMLElement);
  const inUse = byId('key-in-use', HTMLElement);
  const field = byId('key', HTMLInputElement);

  const use = (given: string) => {
    key = given;
    storage()?.setItem(NAME, given);
    show(true);
    onKey();
  };
  const show = (known: boolean) => {
    entry.hidden = known;
    inUse.hidden = !known;
  };
  const takeFromAddress = () => {
    const fragment = new URLSearchParams(location.hash.slice(1));
    const given = fragment.get('key');
    if (!given) return;
    fragment.delete('key');
    const rest = fragment.size > 0 ? `#${fragment}` : '';
    history.replaceState(null, '', location.pathname + location.search + rest);
    use(given);
  };

  show(key !== undefined);
  takeFromAddress();
  addEventListener('hashchange', takeFromAddress);
  byId('change-key', HTMLElement).addEventListener('click', () => askForKey());
  byId('intake', HTMLFormElement).addEventListener('submit', (event) => {
    event.preventDefault();
    const given = field.value.trim();
    if (!given) return field.focus();
    field.value = '';
    use(given);
    byId('change-key', HTMLElement).focus();
  });
}

/**
 * Shows the field for the key and goes there.
 * @param reason why another key is needed
 */
export function askForKey(reason = ''): void {
  const field = byId('key', HTMLInputElement);
  byId('key-problem', HTMLElement).textContent = reason;
  field.ariaInvalid = String(reason !== '');
  byId('key-in-use', HTMLElement).hidden = true;
  byId('key-entry', HTMLElement).hidden = false;
  field.focus();
}

function storage(): Storage | undefined {
  try {
    return sessionStorage;
  } catch {
    return undefined;
  }
}
