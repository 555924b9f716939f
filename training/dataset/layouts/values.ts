import type { Split } from '../label.ts';

/** What people write into labels beside attributes. Each function gives undefined for what it does not understand. */

const SPLIT_NAMES: ReadonlyMap<string, Split> = new Map([
  ['train', 'train'],
  ['training', 'train'],
  ['validation', 'validation'],
  ['valid', 'validation'],
  ['val', 'validation'],
  ['dev', 'validation'],
  ['test', 'test'],
  ['testing', 'test'],
]);

export const parseSplit = (text: string): Split | undefined => SPLIT_NAMES.get(text.toLowerCase());

const ANSWERS: ReadonlyMap<string, boolean> = new Map([
  ['yes', true],
  ['true', true],
  ['1', true],
  ['no', false],
  ['false', false],
  ['0', false],
]);

export const parseYesNo = (text: string): boolean | undefined => ANSWERS.get(text.toLowerCase());

/**
 * A path of a label as the folder's files are named: forward slashes, no "./" before it.
 * @returns undefined when it leads out of the folder
 */
export function parsePath(text: string): string | undefined {
  const path = text.replaceAll('\\', '/');
  if (path.startsWith('/') || /^[a-z]+:/i.test(path)) return undefined;
  const parts = path.split('/').filter((part) => part !== '' && part !== '.');
  return parts.includes('..') || parts.length === 0 ? undefined : parts.join('/');
}
