import { createHash, randomUUID } from 'node:crypto';
import { cp, mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import { allow } from '../../support/error-codes.ts';
import { packagePath, ROOT } from '../../support/packages.ts';
import { sourcesOf } from '../../support/sources.ts';
import { samplePhotoFiles } from './sample-photos.ts';

const MODELS = path.join(ROOT, '.build', 'models');
/** Networks that are committed as they are served. */
const SHIPPED = ['default', 'small', 'permissive', 'looks'];
const folderOf = (name: string) => path.resolve(import.meta.dirname, '..', name);
/** Networks that are made here; their cards are committed. */
const MADE = ['age-gender-net', 'face-expression-net', 'face-mesh', 'face-recognition-net'];
const MANIFEST = 'manifest.json';
/** Packages that take part in the making of the networks. */
const PACKAGES = [
  '@tensorflow/tfjs-core',
  '@tensorflow/tfjs-layers',
  '@vladmandic/face-api',
  'onnx-proto',
  'onnxruntime-node',
  'sharp',
];

const manifestSchema = z.object({
  /** Digest of everything that the networks are made of. */
  inputs: z.string(),
  networks: z.array(
    z.object({
      file: z.string(),
      name: z.string(),
      version: z.string(),
      source: z.string(),
      licence: z.string(),
    }),
  ),
  /** All files, those of the shipped networks too. */
  files: z.array(z.object({ file: z.string(), sha256: z.string() })),
});
type Manifest = z.infer<typeof manifestSchema>;

/**
 * Makes the networks that the functions serve, as ONNX files, and `manifest.json`, which says where each
 * comes from and under which licence; beside them those that are committed. What is there already
 * is kept while nothing it is made of has changed.
 *
 * @returns the directory that holds them
 * @throws Error when a network's weights can't be had, saying what to install
 */
export async function buildModels(directory = MODELS): Promise<string> {
  const inputs = await digestInputs();
  if (await isCurrent(directory, inputs)) {
    return directory;
  }
  // TensorFlow.js takes a while to load, so only when there is something to do.
  const { NETWORKS } = await import('./published.ts');
  const unfinished = `${directory}.${randomUUID()}`;
  try {
    await mkdir(unfinished, { recursive: true });
    const manifest: Manifest = { inputs, networks: [], files: [] };
    for (const { make, ...network } of NETWORKS) {
      console.error(`Making ${network.file} from ${network.source}`);
      await make(unfinished);
      manifest.networks.push(network);
    }
    for (const name of SHIPPED) {
      await cp(folderOf(name), path.join(unfinished, name), { recursive: true, filter: isServed });
    }
    for (const file of await filesIn(unfinished)) {
      manifest.files.push({ file, sha256: digest(await readFile(path.join(unfinished, file))) });
    }
    await writeFile(path.join(unfinished, MANIFEST), `${JSON.stringify(manifest, null, 2)}\n`);
    await replace(directory, unfinished);
  } finally {
    await rm(unfinished, { recursive: true, force: true });
  }
  return directory;
}

async function isCurrent(directory: string, inputs: string): Promise<boolean> {
  try {
    const manifest = manifestSchema.parse(JSON.parse(await readFile(path.join(directory, MANIFEST), 'utf8')));
    if (manifest.inputs !== inputs) {
      return false;
    }
    for (const { file, sha256 } of manifest.files) {
      if (digest(await readFile(path.join(directory, file))) !== sha256) {
        return false;
      }
    }
    return true;
  } catch {
    // Absent, incomplete or of an older shape: made again.
    return false;
  }
}

async function digestInputs(): Promise<string> {
  const sources = await sourcesOf('models/build/published.ts');
  const served = await Promise.all(SHIPPED.map(servedIn));
  const cards = await Promise.all(MADE.map(cardsOf));
  const files = [
    ...sources.map((file) => path.join(ROOT, file)),
    path.join(import.meta.dirname, 'requirements.txt'),
    ...served.flat(),
    ...cards.flat(),
    ...(await samplePhotoFiles()),
    ...PACKAGES.map((name) => packagePath(name, 'package.json')),
  ];
  const contents = await Promise.all(files.map((file) => readFile(file)));
  return digest(Buffer.from(contents.map(digest).join()));
}

/** Trainings start from the other files of the default network, and read them where they are. */
const isServed = (file: string) => !/\.md$|pretrained$/.test(file);

async function servedIn(name: string): Promise<string[]> {
  const files = (await readdir(folderOf(name))).filter((file) => isServed(file)).sort();
  return files.map((file) => path.join(folderOf(name), file));
}

async function cardsOf(name: string): Promise<string[]> {
  const files = (await readdir(folderOf(name))).filter((file) => isServed(file));
  return files.sort().map((file) => path.join(folderOf(name), file));
}

/** Paths of all files in a folder, in order. */
async function filesIn(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile());
  return files.map((file) => path.relative(folder, path.join(file.parentPath, file.name))).sort();
}

function digest(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/** Puts a directory where another may be. Where two processes do so at a time, they made the same. */
async function replace(directory: string, replacement: string): Promise<void> {
  const old = `${replacement}.old`;
  await rename(directory, old).catch(allow('ENOENT'));
  await rename(replacement, directory).catch(allow('ENOTEMPTY', 'EEXIST'));
  await rm(old, { recursive: true, force: true });
}

if (import.meta.main) {
  console.log(await buildModels());
}
