import type { z } from 'zod';
import { excerpt } from './excerpt.ts';
import { type Fault, Problem } from './problem.ts';

/**
 * Parses what a client sent.
 * @param where names the whole in the faults: "query", "body"
 * @throws Problem naming each field at fault, what it should be and what came
 */
export function parse<Schema extends z.ZodType>(
  schema: Schema,
  value: unknown,
  where: string,
): z.output<Schema> {
  const { success, data, error } = schema.safeParse(value);
  if (success) return data;
  throw invalid(error, value, where);
}

/** The problem that a schema has with a value. */
export function invalid(error: z.core.$ZodError, value: unknown, where: string): Problem {
  const errors = error.issues.flatMap((issue) => faults(issue, value, where));
  const detail = errors
    .map(({ field, expected, received }) => `Expected ${field} to be ${expected} but received ${received}.`)
    .join(' ');
  return new Problem('invalid-request', detail, { errors });
}

function faults(issue: z.core.$ZodIssue, value: unknown, where: string): Fault[] {
  const field = issue.path.map(String).join('.') || where;
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => ({
      field: [...issue.path, key].map(String).join('.'),
      expected: 'left out',
      received: describe(at(value, [...issue.path, key])),
    }));
  }
  if (issue.code === 'invalid_union') {
    // Among several alternatives, the one that has the type and all the fields that came.
    const meant = issue.errors.find((issues) =>
      issues.every(
        ({ code, path }) =>
          code !== 'unrecognized_keys' &&
          !(path.length === 0 && (code === 'invalid_type' || code === 'invalid_value')) &&
          at(value, [...issue.path, ...path]) !== undefined,
      ),
    );
    if (meant) {
      return meant.flatMap((each) => faults({ ...each, path: [...issue.path, ...each.path] }, value, where));
    }
  }
  return [{ field: excerpt(field), expected: expectation(issue), received: describe(at(value, issue.path)) }];
}

function expectation(issue: z.core.$ZodIssue): string {
  // A schema's own words say it best.
  if (!/^(Invalid|Too) /.test(issue.message)) return issue.message;
  switch (issue.code) {
    case 'invalid_type':
      return TYPES[issue.expected] ?? issue.expected;
    case 'too_small':
      return `${issue.inclusive === false ? 'more than' : 'at least'} ${quantity(issue.minimum, issue.origin)}`;
    case 'too_big':
      return `${issue.inclusive === false ? 'less than' : 'at most'} ${quantity(issue.maximum, issue.origin)}`;
    case 'invalid_value':
      return issue.values.length === 1 ? String(issue.values[0]) : `one of ${issue.values.join(', ')}`;
    case 'invalid_format':
      return issue.format;
    case 'invalid_union':
      return 'options' in issue ? `one of ${issue.options.join(', ')}` : 'something else';
    default:
      return 'something else';
  }
}

const TYPES: Readonly<Record<string, string>> = {
  string: 'text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  object: 'an object',
  record: 'an object',
  array: 'a list',
};
const UNITS: Readonly<Record<string, readonly [one: string, several: string]>> = {
  string: ['character', 'characters'],
  array: ['entry', 'entries'],
  file: ['byte', 'bytes'],
};

function quantity(number: number | bigint, origin: string): string {
  const unit = UNITS[origin]?.[Number(number) === 1 ? 0 : 1];
  return unit ? `${number} ${unit}` : String(number);
}

function at(value: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (inner, key) =>
      typeof inner === 'object' && inner !== null && Object.hasOwn(inner, key)
        ? Reflect.get(inner, key)
        : undefined,
    value,
  );
}

/** What came, in a few words. */
function describe(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (value instanceof File) return `a file of ${value.size.toLocaleString('en')} bytes`;
  if (Array.isArray(value)) return `a list of ${value.length}`;
  if (typeof value === 'object' && value !== null) return describeObject(value);
  return excerpt(typeof value === 'string' ? JSON.stringify(value) : String(value));
}

/** Names of an object's fields that are named. */
const MOST_NAMES = 3;

function describeObject(value: object): string {
  const names = Object.keys(value).map((name) => excerpt(JSON.stringify(name)));
  if (names.length === 0) return 'an empty object';
  return `an object with ${names.slice(0, MOST_NAMES).join(', ')}${names.length > MOST_NAMES ? ', …' : ''}`;
}
