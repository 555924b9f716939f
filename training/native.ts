import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import { homedir } from 'node:os';
import path from 'node:path';
import { execa } from 'execa';
import {
  ADDON,
  COMPILATION_TOOLS,
  compileAddon,
  missingTools,
  readRecipes,
  stripLibraries,
  unpackWheel,
} from '../layers/tfjs/compilation.ts';
import { cached, removeStale } from '../support/cache.ts';
import { lockedPackage, packagePath } from '../support/packages.ts';

/** Half as fast again as the older one that fits a layer. */
const VERSION = '2.15.1';
const WHEEL = {
  requirements: path.join(import.meta.dirname, 'requirements.txt'),
  pythonVersion: '3.10',
  platform: 'manylinux2014_x86_64',
};
const WANTED = [
  'tensorflow/libtensorflow_',
  ...['c/', 'core/platform/'].map((folder) => `tensorflow/include/tensorflow/${folder}`),
  'tensorflow/include/tsl/',
];
/** Where the package's own install script puts its addon. */
const OWN = packagePath('@tensorflow/tfjs-node', 'lib/napi-v8');

/**
 * Makes the native TensorFlow that trains: on Linux on x64 from its Python wheel, pinned by hash, and the
 * source of the addon in `@tensorflow/tfjs-node`; elsewhere by that package's install script, which downloads
 * both. Done once per machine and kept in the user's cache folder; a later call returns at once.
 * @returns a folder with the addon, for `loadTensorFlow`
 * @throws Error saying what to install, or that there is no TensorFlow for this machine
 */
export async function prepareTensorFlow(): Promise<string> {
  if (existsSync(path.join(OWN, ADDON))) return OWN;
  if (process.platform !== 'linux' || process.arch !== 'x64') return install();
  const recipes = await readRecipes(import.meta.filename, WHEEL.requirements);
  const hash = createHash('sha256').update(recipes);
  hash.update((await lockedPackage('@tensorflow/tfjs-node')).integrity);
  const name = `tensorflow-${VERSION}-${hash.digest('hex').slice(0, 16)}`;
  const directory = path.join(cacheFolder(), name);
  if (existsSync(directory)) return directory;
  const missing = await missingTools(COMPILATION_TOOLS);
  if (missing.length > 0) {
    throw new Error(
      `Training needs ${missing.join(', ')}, which ${missing.length > 1 ? 'are' : 'is'} not installed. Install ${missing.length > 1 ? 'them' : 'it'} and try again.`,
    );
  }
  console.error(`Making TensorFlow ${VERSION} (200 MB to download, once per machine)`);
  await cached(directory, build);
  await removeStale(path.dirname(directory), 'tensorflow-', directory);
  return directory;
}

function cacheFolder(): string {
  return path.join(process.env.XDG_CACHE_HOME ?? path.join(homedir(), '.cache'), 'facedrop');
}

async function build(directory: string): Promise<void> {
  const parts = path.join(directory, 'parts');
  await mkdir(parts);
  await unpackWheel(WHEEL, parts, WANTED);
  const tensorFlow = path.join(parts, 'tensorflow');
  await stripLibraries(tensorFlow, directory);
  await compileAddon(directory, [path.join(tensorFlow, 'include')]);
  await rm(parts, { recursive: true });
}

async function install(): Promise<string> {
  const rebuild = ['rebuild', '--ignore-scripts=false', '@tensorflow/tfjs-node'];
  const { failed } = await execa('npm', rebuild, { reject: false, stdio: ['ignore', 'ignore', 'inherit'] });
  if (failed || !existsSync(path.join(OWN, ADDON))) {
    throw new Error(
      `Expected to install TensorFlow for ${process.platform} on ${process.arch} but could not. ` +
        'Train on Linux on x64, or in the cloud.',
    );
  }
  return OWN;
}

if (import.meta.main) console.log(await prepareTensorFlow());
