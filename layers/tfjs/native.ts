import { createHash } from 'node:crypto';
import { createReadStream, existsSync } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { execa } from 'execa';
import { cached, removeStale } from '../../support/cache.ts';
import { lockedPackage, ROOT } from '../../support/packages.ts';
import { isHost, type Platform } from '../platform.ts';
import {
  COMPILATION_TOOLS,
  compileAddon,
  missingTools,
  readRecipes,
  stripLibraries,
  unpackWheel,
} from './compilation.ts';

/** The newest TensorFlow small enough for a layer: from 2.5 on the library alone exceeds Lambda's limit. */
const VERSION = '2.4.1';
const LIBRARIES_JAR = {
  artifact: 'org.tensorflow:tensorflow-core-api:0.3.3:jar:linux-x86_64',
  folder: 'org/tensorflow/internal/c_api/linux-x86_64',
  sha256: {
    'libtensorflow_cc.so.2': '5f3e11f6dfa68ecc23a29f1641ee6b50b755a74456c3bdf5931ff6a36b2607f8',
    'libtensorflow_framework.so.2': '294ae4d181a0b799bc3701478c2776ca617dfe144af8868d8dddd57246d6f154',
  },
};
const UNPACK = 'org.apache.maven.plugins:maven-dependency-plugin:3.6.1:unpack';
const BUILDS = path.join(ROOT, '.build', 'tensorflow');
const REQUIREMENTS = path.join(import.meta.dirname, 'requirements.txt');
/** The C API's headers. */
const HEADERS = { requirements: REQUIREMENTS, pythonVersion: '3.8', platform: 'manylinux2010_x86_64' };
const WANTED = ['tensorflow/include/tensorflow/c/', 'tensorflow/include/tensorflow/core/platform/ctstring'];
/** What making native TensorFlow takes, by command. */
export const TOOLS = { mvn: 'Maven', ...COMPILATION_TOOLS };

/** Either a folder with TensorFlow's libraries and the addon that binds them to Node, or why there is none. */
export type TensorFlow =
  | { readonly backend: 'native'; readonly directory: string }
  | { readonly backend: 'wasm'; readonly reason: string };

/**
 * Makes native TensorFlow for `@tensorflow/tfjs-node`, whose own install script depends on one download host:
 * fetches the libraries with Maven and the C API's headers with pip, both pinned by hash, strips the
 * libraries' symbols, and compiles the package's addon. Done once; a later call returns at once.
 * @returns what the layer for `platform` has to use; WebAssembly where native code can't be built
 * @throws when the tools are there but a download or the compiler fails
 */
export async function prepareTensorFlow(platform: Platform): Promise<TensorFlow> {
  if (platform.os !== 'linux' || platform.architecture !== 'x64') {
    return {
      backend: 'wasm',
      reason: `TensorFlow is not available for ${platform.os}-${platform.architecture}`,
    };
  }
  if (!isHost(platform)) return { backend: 'wasm', reason: 'its addon can only be compiled on Linux on x64' };
  const directory = path.join(BUILDS, `${VERSION}-${await inputHash()}`);
  const missing = existsSync(directory) ? [] : await missingTools(TOOLS);
  if (missing.length > 0) {
    return { backend: 'wasm', reason: `compiling its addon takes ${missing.join(', ')}` };
  }
  await cached(directory, build);
  await removeStale(BUILDS, VERSION, directory);
  return { backend: 'native', directory };
}

async function inputHash(): Promise<string> {
  const hash = createHash('sha256').update((await lockedPackage('@tensorflow/tfjs-node')).integrity);
  hash.update(await readRecipes(import.meta.filename, REQUIREMENTS));
  return hash.digest('hex').slice(0, 16);
}

async function build(directory: string): Promise<void> {
  const parts = path.join(directory, 'parts');
  await mkdir(parts);
  const [libraries] = await Promise.all([fetchLibraries(parts), unpackWheel(HEADERS, parts, WANTED)]);
  await stripLibraries(libraries, directory);
  await compileAddon(directory, [path.join(parts, 'tensorflow', 'include')]);
  await rm(parts, { recursive: true });
}

async function fetchLibraries(into: string): Promise<string> {
  const { artifact, folder, sha256 } = LIBRARIES_JAR;
  // Outside a project Maven leaves a folder where it runs: let that be one that goes away.
  await execa(
    'mvn',
    [
      '--quiet',
      '--batch-mode',
      UNPACK,
      `-Dartifact=${artifact}`,
      `-DoutputDirectory=${into}`,
      '-Dmdep.unpack.includes=**/libtensorflow*.so.2',
    ],
    { cwd: into },
  );
  const libraries = path.join(into, folder);
  await Promise.all(
    Object.entries(sha256).map(async ([name, expected]) => {
      const received = await digest(path.join(libraries, name));
      if (received !== expected) {
        throw new Error(
          `Expected ${name} with SHA-256 ${expected} but received ${received}; ` +
            `delete ${artifact} from Maven's local repository and try again.`,
        );
      }
    }),
  );
  return libraries;
}

async function digest(file: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(file)) hash.update(chunk);
  return hash.digest('hex');
}
