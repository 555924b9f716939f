import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after } from 'node:test';
import sharp from 'sharp';
import { LocalFolder } from '../../../training/dataset/folder.ts';
import type { LabelledPhoto } from '../../../training/dataset/label.ts';
import { readFolderLabels } from '../../../training/dataset/layouts/index.ts';
import { Problems } from '../../../training/dataset/problem.ts';

/** A new directory, deleted after the tests. */
export async function makeDirectory(): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'dataset-'));
  after(() => rm(directory, { recursive: true, force: true }));
  return directory;
}

/** A folder with these files: text or bytes, by their names. */
export async function makeFolder(files: Readonly<Record<string, string | Uint8Array>>): Promise<LocalFolder> {
  const folder = new LocalFolder(await makeDirectory());
  for (const [name, content] of Object.entries(files)) {
    const path = join(folder.path, name);
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, content);
  }
  return folder;
}

/** Files of these names that differ from each other, as photos do; nothing can be seen on them. */
export const someFiles = (...names: readonly string[]): Record<string, string> =>
  Object.fromEntries(names.map((name) => [name, `photo ${name}`]));

/** Versions of a photo that differ in brightness, so that no two are the same file. */
export async function variants(path: string, number: number): Promise<Buffer[]> {
  const bytes = await readFile(path);
  return Promise.all(
    Array.from({ length: number }, (_, index) =>
      sharp(bytes)
        .autoOrient()
        .resize({ width: 240, height: 240, fit: 'inside' })
        .modulate({ brightness: 1 + index / 50 })
        .jpeg()
        .toBuffer(),
    ),
  );
}

/** A folder's labels, its layout, and what is wrong with it. */
export async function readFolder(folder: LocalFolder) {
  const problems = new Problems();
  const names = (await folder.list()).map(({ name }) => name);
  return { ...(await readFolderLabels(folder, names, problems)), problems: problems.list() };
}

/** Without what results are grouped by. */
export const brief = (photos: readonly LabelledPhoto[]) =>
  photos.map(({ groups: _groups, ...photo }) => photo);
