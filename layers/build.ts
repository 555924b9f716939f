import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { build as bundle } from 'esbuild';
import { cached, removeStale } from '../support/cache.ts';
import { copyPackage, installedIn, lockedPackage, ROOT } from '../support/packages.ts';
import { digestFiles, sourcesOf } from '../support/sources.ts';
import { onnx } from './onnx/recipe.ts';
import type { Platform } from './platform.ts';
import type { Ingredients, LayerFolders, Recipe, Weights } from './recipe.ts';
import { assertFits } from './size.ts';
import { tfjs } from './tfjs/recipe.ts';

const LAYERS = path.join(ROOT, '.build', 'layers');
const RECIPES = { onnx, tfjs } satisfies Record<string, Recipe>;

export type EngineName = keyof typeof RECIPES;
export const ENGINES: readonly EngineName[] = ['onnx', 'tfjs'];

export interface LayerOptions {
  readonly engine: EngineName;
  /** `best` when left out. */
  readonly weights?: Weights;
  /** Folder of the networks that the layer serves (`models/build`). */
  readonly networks: string;
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
  networks,
  platform,
  limit,
}: LayerOptions): Promise<string> {
  const ingredients = await RECIPES[engine]({ platform, weights, networks });
  const prefix = `${engine}-${weights}-${platform.os}-${platform.architecture}-`;
  const layer = path.join(LAYERS, prefix + (await inputHash(engine, ingredients)));
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

/** Digest of everything that a layer is made of: locked packages, sources, and what the recipe made. */
async function inputHash(engine: EngineName, { version }: Ingredients): Promise<string> {
  const sources = await Promise.all([sourcesOf(entryOf(engine)), sourcesOf('layers/build.ts')]);
  const digest = await digestFiles(['package-lock.json', ...new Set(sources.flat())], version);
  return digest.slice(0, 16);
}

const entryOf = (engine: EngineName) => `layers/${engine}/index.ts`;

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
    entryPoints: [entryOf(name)],
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
