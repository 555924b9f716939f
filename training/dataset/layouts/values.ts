import { type Label, middleOf, type Split } from '../label.ts';

/** What people write into labels. Each function gives undefined for what it does not understand. */

const RANGE = /^[([]?\s*(\d+(?:\.\d+)?)\s*(?:,|-|–|to)\s*(\d+(?:\.\d+)?)\s*[)\]]?$/;
const NUMBER = /^-?\d+(?:[.,]\d+)?$/;

/** "34", "34.5", "34,5"; a range as "(25, 32)" or "25-32" */
export function parseAge(text: string): Pick<Label, 'age' | 'ageRange'> | undefined {
  if (NUMBER.test(text)) return { age: Number(text.replace(',', '.')) };
  const [, low, high] = RANGE.exec(text) ?? [];
  if (low === undefined || high === undefined || Number(low) > Number(high)) return undefined;
  const ageRange = { low: Number(low), high: Number(high) };
  return { age: middleOf(ageRange), ageRange };
}

const GENDERS: Readonly<Record<string, 'M' | 'F'>> = {
  m: 'M',
  male: 'M',
  man: 'M',
  f: 'F',
  female: 'F',
  woman: 'F',
};

/** Not 0 and 1: data sets don't agree on what they mean. */
export const parseGender = (text: string): 'M' | 'F' | undefined => GENDERS[text.toLowerCase()];

const SPLIT_NAMES: Readonly<Record<string, Split>> = {
  train: 'train',
  training: 'train',
  validation: 'validation',
  valid: 'validation',
  val: 'validation',
  dev: 'validation',
  test: 'test',
  testing: 'test',
};

export const parseSplit = (text: string): Split | undefined => SPLIT_NAMES[text.toLowerCase()];

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
