import path from 'node:path';
import { build } from 'esbuild';
import { buildLayer } from '../layers/build.ts';
import type { Platform } from '../layers/platform.ts';
import type { Config } from './config.ts';

const ROOT = path.resolve(import.meta.dirname, '..');

/** Folders that hold what the functions run, ready to be zipped. */
export interface PipelineCode {
  /** The model layer: `nodejs/node_modules/…`. */
  readonly layer: string;
  /** Each function's bundle: `index.js`. */
  readonly functions: Readonly<Record<'detect' | 'age' | 'gender', string>>;
}

/** Where the functions run on AWS. */
export function awsPlatform({ architecture }: Config): Platform {
  return { os: 'linux', architecture: architecture === 'arm64' ? 'arm64' : 'x64' };
}

/** Bundles the functions and builds the layer, or finds them built. */
export async function buildCode(engine: Config['engine'], platform: Platform): Promise<PipelineCode> {
  const [layer, detect, age, gender] = await Promise.all([
    buildLayer({ engine, platform }),
    bundleFunction('detect'),
    bundleFunction('age'),
    bundleFunction('gender'),
  ]);
  return { layer, functions: { detect, age, gender } };
}

/** @returns the folder with the bundle, a single CommonJS file: Lambda starts it faster than modules */
async function bundleFunction(name: string): Promise<string> {
  const folder = path.join(ROOT, '.build', 'functions', name);
  await build({
    entryPoints: [path.join(ROOT, 'functions', name, 'handler.ts')],
    outfile: path.join(folder, 'index.js'),
    bundle: true,
    platform: 'node',
    target: 'node24',
    format: 'cjs',
    mainFields: ['module', 'main'],
    // Names stay, so that stack traces in the logs can be read.
    minifySyntax: true,
    minifyWhitespace: true,
    external: ['sharp', 'onnxruntime-node', '@facedrop/engine'],
    logLevel: 'warning',
  });
  return folder;
}
