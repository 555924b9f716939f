import { existsSync, globSync } from 'node:fs';
import { copyFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { IgnoreMode } from 'aws-cdk-lib';
import { type BuildOptions, build } from 'esbuild';
import { ATTRIBUTE_NAMES } from '../attributes/list.ts';
import { buildPage } from '../functions/api/page/build.ts';
import type { Platform } from '../layers/platform.ts';
import { buildModelLayer } from '../models/layer.ts';
import { cached, removeStale } from '../support/cache.ts';
import { digestFiles, sourcesOf } from '../support/sources.ts';
import type { Config } from './config.ts';

const ROOT = path.resolve(import.meta.dirname, '..');

const FONT = fileURLToPath(
  import.meta.resolve('@expo-google-fonts/pt-sans-narrow/700Bold/PTSansNarrow_700Bold.ttf'),
);

/** The functions that are bundled, and where each has its handler. */
const ENTRIES = {
  detect: 'detect',
  estimate: 'estimate',
  api: 'api',
  sweep: 'sweep',
  survey: 'training/survey',
  prepare: 'training/prepare',
  judge: 'training/judge',
  conclude: 'training/conclude',
} as const;
type FunctionName = keyof typeof ENTRIES;
const NAMES = Object.keys(ENTRIES) as FunctionName[];

/** Folders that hold what the functions run, ready to be zipped. */
export interface PipelineCode {
  /** The model layer: `nodejs/node_modules/…`. */
  readonly layer: string;
  /** Each function's bundle: `index.js`. */
  readonly functions: Readonly<Record<FunctionName, string>>;
  /** What the function of a group of attributes runs, where it has a folder of its own: by "age", "age+gender" … */
  readonly estimators: Readonly<Record<string, string>>;
  readonly train: TrainCode;
}

/** What the function that trains runs: a container image, or, where there are none, a custom runtime. */
export type TrainCode =
  | {
      /** Folder that the image is built from. */
      readonly image: string;
      /** Its Dockerfile, in that folder. */
      readonly file: string;
      /** What of the folder the image does not need. */
      readonly exclude?: string[];
      readonly ignoreMode?: IgnoreMode;
    }
  | { readonly zip: string; readonly handler: string; readonly environment: Record<string, string> };

const TRAIN_SOURCES = [
  ...['package.json', 'package-lock.json', '.npmrc', 'clients/typescript/package.json'],
  ...['attributes', 'functions/shared', 'functions/training'],
  ...['layers', 'models', 'networks', 'support', 'training', 'vision'],
];

/** Sources and locked packages: what a training needs is fetched and compiled while the image is built. */
export const trainImage = ({ weights }: Pick<Config, 'weights'>) =>
  ({
    image: ROOT,
    file: 'functions/training/train/Dockerfile',
    exclude: [
      '**',
      ...TRAIN_SOURCES.map((source) => `!${source}`),
      ...(weights === 'permissive' ? ['models/default', 'models/small', 'models/looks'] : []),
    ],
    ignoreMode: IgnoreMode.DOCKER,
  }) satisfies TrainCode;

/** Where the functions run on AWS. */
export function awsPlatform({ architecture }: Config): Platform {
  return { os: 'linux', architecture: architecture === 'arm64' ? 'arm64' : 'x64' };
}

/** Bundles the functions and builds the layer, or finds them built. */
export async function buildCode(
  { engine, weights }: Pick<Config, 'engine' | 'weights'>,
  platform: Platform,
): Promise<PipelineCode> {
  const [layer, bundles] = await Promise.all([
    buildModelLayer({ engine, weights, platform }),
    bundleFunctions(),
  ]);
  return { layer, ...bundles, train: trainImage({ weights }) };
}

/** Where bundles are kept, each set of them in a folder that is named after what it is made of. */
const BUNDLES = path.join(ROOT, '.build', 'functions');
const PAGE = 'functions/api/page';

/** Bundles the functions, or finds them bundled from the same sources. */
async function bundleFunctions(): Promise<Pick<PipelineCode, 'functions' | 'estimators'>> {
  const own = ATTRIBUTE_NAMES.filter((name) => existsSync(path.join(ROOT, handlerOf(name))));
  const sources = { ...ENTRIES, ...Object.fromEntries(own.map((name) => [name, name])) };
  const bundles = path.join(BUNDLES, await inputHash(Object.values(sources)));
  await cached(bundles, (aside) => bundleInto(aside, sources));
  await removeStale(BUNDLES, '', bundles);
  const folder = (name: string) => path.join(bundles, name);
  return {
    functions: Object.fromEntries(NAMES.map((name) => [name, folder(name)])) as PipelineCode['functions'],
    estimators: Object.fromEntries(own.map((name) => [name, folder(name)])),
  };
}

/** Digest of everything that the bundles are made of: locked packages, sources, and the page's other files. */
async function inputHash(functions: readonly string[]): Promise<string> {
  const entries = [...functions.map(handlerOf), `${PAGE}/build.ts`, `${PAGE}/browser/main.ts`];
  const sources = await Promise.all(entries.map(sourcesOf));
  const assets = globSync(`${PAGE}/**/*.{css,html,svg,jpg,json}`, { cwd: ROOT }).sort();
  const digest = await digestFiles([
    ...['package-lock.json', path.relative(ROOT, import.meta.filename)],
    ...new Set(sources.flat()),
    ...assets,
  ]);
  return digest.slice(0, 16);
}

/** Packages of the layer that hold native code. */
export const NATIVE = ['sharp', 'onnxruntime-node'];

/**
 * How a function becomes a single CommonJS file, which Lambda starts faster than modules. It is not minified: that saves no
 * time at the start, and stack traces in the logs stay readable.
 */
export const BUNDLE = {
  bundle: true,
  platform: 'node',
  target: 'node24',
  format: 'cjs',
  mainFields: ['module', 'main'],
  // The sources are ES modules; CommonJS has its own name for where the file lies.
  define: { 'import.meta.dirname': '__dirname' },
  logLevel: 'warning',
} satisfies BuildOptions;

async function bundleInto(folder: string, sources: Readonly<Record<string, string>>): Promise<void> {
  await build({
    entryPoints: Object.entries(sources).map(([name, source]) => ({
      in: path.join(ROOT, handlerOf(source)),
      out: path.join(name, 'index'),
    })),
    outdir: folder,
    ...BUNDLE,
    external: [...NATIVE, '@facedrop/engine'],
  });
  // Beside the bundle of the function that serves and uses them.
  await Promise.all([
    buildPage(path.join(folder, 'api', 'page')),
    copyFile(FONT, path.join(folder, 'api', 'font.ttf')),
  ]);
}

const handlerOf = (source: string) => `functions/${source}/handler.ts`;
