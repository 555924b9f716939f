import { createHash } from 'node:crypto';
import { globSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { build as bundle } from 'esbuild';
import { z } from 'zod';
import { cached, removeStale } from './cache.ts';
import { onnx } from './onnx/recipe.ts';
import { copyPackage, installedIn, lockedPackage, ROOT } from './packages.ts';
import { hostPlatform, type Platform } from './platform.ts';
import { type Ingredients, type LayerFolders, type Recipe, WEIGHTS, type Weights } from './recipe.ts';
import { assertFits } from './size.ts';
import { tfjs } from './tfjs/recipe.ts';

const LAYERS = path.join(ROOT, '.build', 'layers');
const RECIPES = { onnx, tfjs } satisfies Record<string, Recipe>;

export type EngineName = keyof typeof RECIPES;

export interface LayerOptions {
  readonly engine: EngineName;
  /** `best` when left out. */
  readonly weights?: Weights;
  /** Where the layer is to run. */
  readonly platform: Platform;
  /** Bytes that function and layer may take together, unzipped; Lambda's limit when left out. */
  readonly limit?: number;
}

/**
 * Assembles the layer that the functions share: `sharp`, the inference engine, and `@facedrop/engine`, which
 * is the engine's CommonJS bundle with its networks beside it. The same packages, sources and networks are
 * put together only once.
 * @returns absolute path of a folder that holds `nodejs/node_modules/…`, as Lambda wants a layer
 * @throws when layer and function would exceed the limit, or the engine doesn't exist for the platform
 */
export async function buildLayer({
  engine,
  weights = 'best',
  platform,
  limit,
}: LayerOptions): Promise<string> {
  const ingredients = await RECIPES[engine](platform, weights);
  const prefix = `${engine}-${weights}-${platform.os}-${platform.architecture}-`;
  const layer = path.join(LAYERS, prefix + (await inputHash(ingredients)));
  await cached(layer, async (aside) => {
    const modules = path.join(aside, 'nodejs', 'node_modules');
    const folders = { modules, engine: path.join(modules, '@facedrop', 'engine') };
    await copySharp(modules, platform);
    await bundleEngine(engine, folders, ingredients);
    await ingredients.copyTo(folders);
  });
  await assertFits(layer, limit);
  await removeStale(LAYERS, prefix, layer);
  return layer;
}

/** Everything that a layer is made of: locked packages, sources, and what the recipe made. */
async function inputHash({ version }: Ingredients): Promise<string> {
  const hash = createHash('sha256').update(version);
  // Of the networks, the tfjs engine bundles the layers that a saved one names.
  const sources = globSync(['layers/**/*.ts', 'models/networks/*.ts', 'vision/**/*.ts'], { cwd: ROOT });
  for (const file of ['package-lock.json', ...sources.sort()]) {
    hash.update(file).update(await readFile(path.join(ROOT, file)));
  }
  return hash.digest('hex').slice(0, 16);
}

/** `sharp`, the packages it needs, and its native code for the platform. */
async function copySharp(modules: string, { os, architecture }: Platform): Promise<void> {
  await copyPackage('sharp', modules, ['dist']);
  for (const name of ['@img/colour', 'detect-libc', 'semver']) await copyPackage(name, modules);
  const binding = `@img/sharp-${os}-${architecture}`;
  const { optionalDependencies = {} } = await lockedPackage(binding);
  for (const name of [binding, ...Object.keys(optionalDependencies)]) {
    await copyPackage(name, modules, undefined, await installedIn(name));
  }
}

async function bundleEngine(name: EngineName, folders: LayerFolders, ingredients: Ingredients) {
  await mkdir(folders.engine, { recursive: true });
  await writeFile(
    path.join(folders.engine, 'package.json'),
    `${JSON.stringify({ name: '@facedrop/engine', version: '0.0.0', type: 'commonjs', main: 'index.js' })}\n`,
  );
  await bundle({
    entryPoints: [path.join(ROOT, 'layers', name, 'index.ts')],
    outfile: path.join(folders.engine, 'index.js'),
    bundle: true,
    format: 'cjs',
    platform: 'node',
    target: 'node24',
    external: ['sharp', 'onnxruntime-node'],
    // The sources are ES modules; CommonJS has its own name for where the file lies.
    define: { 'import.meta.dirname': '__dirname', 'import.meta.filename': '__filename' },
    absWorkingDir: ROOT,
    logLevel: 'warning',
    ...ingredients.bundle,
  });
}

const argumentsSchema = z.object({
  engine: z.enum(['onnx', 'tfjs']),
  weights: z.enum(WEIGHTS),
  os: z.enum(['linux', 'darwin', 'win32']),
  arch: z.enum(['x64', 'arm64']),
});

async function main(): Promise<void> {
  const { os, architecture } = hostPlatform();
  const { values } = parseArgs({
    options: {
      engine: { type: 'string', default: 'onnx' },
      weights: { type: 'string', default: 'best' },
      os: { type: 'string', default: os },
      arch: { type: 'string', default: architecture },
    },
  });
  const { error, data } = argumentsSchema.safeParse(values);
  if (error) throw new Error(z.prettifyError(error));
  const platform = { os: data.os, architecture: data.arch };
  console.log(await buildLayer({ engine: data.engine, weights: data.weights, platform }));
}

if (process.argv[1] === import.meta.filename) {
  await main().catch((error: unknown) => {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 1;
  });
}
