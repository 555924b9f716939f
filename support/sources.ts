import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { build } from 'esbuild';
import { ROOT } from './packages.ts';

/**
 * The project's own sources that an entry point is made of, as the bundler follows its imports.
 * @param entry path in the project
 * @returns paths in the project, with forward slashes, in order
 */
export async function sourcesOf(entry: string): Promise<string[]> {
  const { metafile } = await build({
    entryPoints: [entry],
    absWorkingDir: ROOT,
    bundle: true,
    write: false,
    metafile: true,
    packages: 'external',
    alias: { '@facedrop/engine': './layers/onnx/index.ts' },
    platform: 'node',
    format: 'esm',
    logLevel: 'silent',
  });
  return Object.keys(metafile.inputs).sort();
}

/**
 * Digest of everything that something is made of.
 * @param files paths in the project
 */
export async function digestFiles(files: readonly string[], ...others: readonly string[]): Promise<string> {
  const hash = createHash('sha256');
  for (const file of files) hash.update(file).update(await readFile(path.join(ROOT, file)));
  for (const other of others) hash.update(other);
  return hash.digest('hex');
}
