import path from 'node:path';
import { execa } from 'execa';
import openapi, { astToString } from 'openapi-typescript';
import ts from 'typescript';
import { ROOT } from '../../support/packages.ts';

/** The types, as they are committed. */
export const TYPES = path.join(import.meta.dirname, 'api.d.ts');

const BLOB = ts.factory.createTypeReferenceNode('Blob');
const NUMBERS = ts.factory.createArrayTypeNode(ts.factory.createKeywordTypeNode(ts.SyntaxKind.NumberKeyword));

/** @returns the types of an OpenAPI document in JSON, as TypeScript formatted like all of the project */
export async function generateTypes(document: string): Promise<string> {
  const nodes = await openapi(document, {
    rootTypes: true,
    rootTypesNoSchemaPrefix: true,
    // What has a default may be left out of a request.
    defaultNonNullable: false,
    transform: (schema) => {
      // Photos are neither text nor in base64.
      if (schema.format === 'binary') return BLOB;
      // openapi-fetch makes arrays of tuples, so that what it answers with would not fit their type.
      return 'prefixItems' in schema ? NUMBERS : undefined;
    },
  });
  const format = ['format', `--stdin-file-path=${path.relative(ROOT, TYPES)}`];
  const { stdout } = await execa('biome', format, {
    input: astToString(nodes),
    cwd: ROOT,
    preferLocal: true,
    stripFinalNewline: false,
  });
  return stdout;
}
