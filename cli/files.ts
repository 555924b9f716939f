import type { Dirent } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { basename, join, normalize, resolve } from 'node:path';
import { fileTypeFromFile } from 'file-type';

/** A file to upload. */
export interface PhotoFile {
  /** Where it lies on this machine; absolute. */
  readonly path: string;
  /** What to call it in the bucket: relative, with forward slashes on every system. */
  readonly name: string;
}

export interface FoundFiles {
  readonly files: PhotoFile[];
  /** Files left out because they are hidden, no images, or could not be read; absolute paths. */
  readonly skipped: { readonly path: string; readonly reason: string }[];
}

/** What a folder's name is as that of a data set or a model: letters, digits, dots, hyphens, underscores; empty if none is left. */
export const plainName = (folder: string): string =>
  basename(folder)
    .replace(/[^A-Za-z0-9._-]+/g, '-')
    .replace(/^[._-]+/, '');

/** Numbers in names count: photo 2 comes before photo 10. */
const NATURAL = new Intl.Collator('en', { numeric: true });

/** Images in a folder are told by their first bytes, not by their names. */
const IMAGE = /^image\/(jpeg|png|apng|webp|avif|gif|tiff|bmp|hei[cf])/;

/**
 * Lists what to upload. A file that is named is always taken, whatever it holds; of a folder, the images in
 * it and in the folders below, called by the folder's own name and what follows it.
 * @param paths files and folders, relative ones against `base`
 * @throws Error when a path does not exist, or two different files would have the same name
 */
export async function findFiles(paths: readonly string[], base: string): Promise<FoundFiles> {
  const found: FoundFiles = { files: [], skipped: [] };
  for (const path of paths) {
    // A script's variable that isn't set: the folder that it would stand for is not meant.
    if (path === '') throw new Error('Expected a file or folder but received an empty name.');
    const absolute = resolve(base, path);
    const stats = await stat(absolute).catch((cause: unknown) => {
      throw new Error(`Expected a file or folder but "${path}" cannot be opened. Check its spelling.`, {
        cause,
      });
    });
    if (stats.isDirectory()) {
      // "." and ".." stand for a folder's contents: their names would mean nothing in a bucket.
      const name = basename(normalize(path));
      await walk(absolute, name === '.' || name === '..' || name === '' ? '' : `${name}/`, found);
    } else if (stats.isFile()) {
      found.files.push({ path: absolute, name: basename(absolute) });
    } else {
      throw new Error(`Expected a file or folder but "${path}" is neither.`);
    }
  }
  return { files: distinct(found.files), skipped: found.skipped };
}

async function walk(folder: string, prefix: string, found: FoundFiles): Promise<void> {
  const entries = await readdir(folder, { withFileTypes: true });
  for (const entry of entries.sort((a, b) => NATURAL.compare(a.name, b.name))) {
    const path = join(folder, entry.name);
    const name = prefix + entry.name;
    if (entry.name.startsWith('.')) found.skipped.push({ path, reason: 'hidden' });
    else if (entry.isDirectory()) await walk(path, `${name}/`, found);
    else if (await isFile(entry, path)) {
      const reason = await refusal(path);
      if (reason) found.skipped.push({ path, reason });
      else found.files.push({ path, name });
    } else found.skipped.push({ path, reason: 'not a file' });
  }
}

/** Links to files are followed, links to folders are not: they may lead round in circles. */
async function isFile(entry: Dirent, path: string): Promise<boolean> {
  if (!entry.isSymbolicLink()) return entry.isFile();
  const target = await stat(path).catch(() => undefined);
  return target?.isFile() ?? false;
}

async function refusal(path: string): Promise<string | undefined> {
  try {
    const type = await fileTypeFromFile(path);
    return type && IMAGE.test(type.mime) ? undefined : 'not an image';
  } catch {
    return 'unreadable';
  }
}

/** One entry a file, however often it was named. */
function distinct(files: readonly PhotoFile[]): PhotoFile[] {
  const byName = new Map<string, PhotoFile>();
  const seen = new Set<string>();
  for (const file of files) {
    if (seen.has(file.path)) continue;
    seen.add(file.path);
    const other = byName.get(file.name);
    if (other) {
      throw new Error(
        `Expected different names but received "${other.path}" and "${file.path}", which would both become "${file.name}". Drop the folders that hold them, or one at a time with --prefix.`,
      );
    }
    byName.set(file.name, file);
  }
  return [...byName.values()];
}
