import { isAttribute } from './list.ts';
import { OWN_NAME } from './own/definition.ts';
import { quality } from './quality/words.ts';

/**
 * What is wanted of a photo's faces: names of attributes, and of what is measured without a model. Without a list it is all
 * that is on.
 */
export type Wanted = readonly string[] | undefined;

/** What requests, commands and the metadata of objects call the list. */
export const WANTED = 'attributes';

/** What is measured of every face unless it isn't wanted. */
export const QUALITY = quality.field;

/** "age, quality" as a list. */
export const namesIn = (text: string): string[] => [...new Set(text.split(',').map((name) => name.trim()))];

export const isWanted = (name: string, wanted: Wanted): boolean => wanted?.includes(name) ?? true;

/** Something is wanted that isn't on. */
export class NotOnError extends Error {
  override readonly name = 'NotOnError';
  /** "any of age, gender, quality" */
  readonly expected: string;
  /** As it came, but at most as long as a name may be. */
  readonly received: string;

  /** @param on the attributes that are */
  constructor(name: string, on: readonly string[]) {
    const expected = `any of ${[...on, QUALITY].join(', ')}`;
    const received = JSON.stringify(name.slice(0, LONGEST));
    super(`Expected ${WANTED} to be ${expected} but received ${received}. ${adviceOn(name, on)}`);
    this.expected = expected;
    this.received = received;
  }
}

const LONGEST = 32;

/** How to turn it on. */
function adviceOn(name: string, on: readonly string[]): string {
  if (isAttribute(name)) {
    return `A deployment turns it on with -c attributes=${[...on.filter(isAttribute), name].join(',')}.`;
  }
  // What a deployment calls all that there are; here that would be to want nothing less.
  if (name === 'all') return `Leave ${WANTED} out for all that are on.`;
  return OWN_NAME.test(name)
    ? `An attribute of your own has to be trained first: npm run train -- --task ${name}.`
    : 'Separate the names with commas.';
}

/**
 * Refuses what isn't on.
 * @param on the attributes that are
 * @throws NotOnError
 */
export function requireOn(wanted: Wanted, on: readonly string[]): void {
  const stranger = wanted?.find((name) => name !== QUALITY && !on.includes(name));
  if (stranger !== undefined) throw new NotOnError(stranger, on);
}
