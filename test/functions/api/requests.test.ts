import assert from 'node:assert/strict';
import { test } from 'node:test';
import { z } from 'zod';
import { describeApi } from '../../../clients/document.ts';

const nodeSchema = z.record(z.string(), z.unknown());
type Node = z.infer<typeof nodeSchema>;

const document = nodeSchema.parse(JSON.parse(await describeApi()));

test('whatever a request may hold has bounds', () => {
  const unbounded = new Set<string>();
  let seen = 0;
  const visited = new Set<string>();
  const visit = (value: unknown, where: string): void => {
    if (Array.isArray(value)) for (const [i, each] of value.entries()) visit(each, `${where}/${i}`);
    const { success, data: node } = nodeSchema.safeParse(value);
    if (!success || Array.isArray(value)) return;
    if (typeof node.$ref === 'string') {
      if (!visited.has(node.$ref)) visit(follow(node.$ref), node.$ref);
      visited.add(node.$ref);
      return;
    }
    if (typeof node.type === 'string') {
      seen += 1;
      if (!isBounded(node)) unbounded.add(`${where}: ${JSON.stringify(node)}`);
    }
    for (const [name, each] of Object.entries(node)) visit(each, `${where}/${name}`);
  };
  for (const [path, operations] of Object.entries(nodeSchema.parse(document.paths))) {
    for (const [method, operation] of Object.entries(nodeSchema.parse(operations))) {
      const { parameters, requestBody } = nodeSchema.parse(operation);
      visit([parameters, requestBody], `${method} ${path}`);
    }
  }
  assert.ok(seen > 60, `${seen} schemas`);
  assert.deepEqual([...unbounded], []);
});

function follow(reference: string): unknown {
  return reference
    .slice('#/'.length)
    .split('/')
    .reduce<unknown>((node, name) => nodeSchema.parse(node)[name], document);
}

function isBounded(node: Node): boolean {
  if (node.enum !== undefined || node.const !== undefined) return true;
  switch (node.type) {
    case 'number':
    case 'integer':
      return typeof node.minimum === 'number' && typeof node.maximum === 'number';
    case 'array':
      return typeof node.maxItems === 'number';
    case 'object':
      // Names of anybody's own would otherwise be as many as anybody likes.
      return (
        node.additionalProperties === undefined ||
        node.additionalProperties === false ||
        typeof node.maxProperties === 'number'
      );
    case 'string':
      // A setting limits how many bytes of a photo are read.
      return (
        node.format === 'binary' ||
        typeof node.maxLength === 'number' ||
        isOfLimitedLength(String(node.pattern ?? ''))
      );
    default:
      return true;
  }
}

/** Whether what matches a pattern can only be so long. */
function isOfLimitedLength(pattern: string): boolean {
  return /^\^.*\$$/.test(pattern) && !/[*+]|\{\d+,\}/.test(pattern.replaceAll(/\[[^\]]*\]/g, ''));
}
