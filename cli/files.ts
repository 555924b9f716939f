import { isUtf8 } from 'node:buffer';
import type { Dirent } from 'node:fs';
import { open, readdir, stat } from 'node:fs/promises';
import { basename, join, normalize, resolve, sep } from 'node:path';
import { fileTypeFromBuffer } from 'file-type';
import { isTiff } from '../vision/tiff.ts';

/** A file to upload. */
export interface PhotoFile {
  /** Where it lies on this machine; absolute. */
  readonly path: string;
  /** What to call it in the bucket: relative, with forward slashes on every system. */
  readonly name: string;
}

interface LeftOut {
  /** Absolute. */
  readonly path: string;
  readonly reason: string;
}

export interface FoundFiles {
  readonly files: PhotoFile[];
  /** What is left out as it is hidden, no image, or no file. */
  readonly skipped: LeftOut[];
  /** What is a photo, or may be one, and can't be taken. */
  readonly failed: LeftOut[];
}

/** What a folder's name is as that of a data set or a model: letters, digits, dots, hyphens, underscores; empty if none is left. */
export const plainName = (folder: string): string =>
  basename(folder)
    .replace(/[^A-Za-z0-9._-]+/g, '-')
    .replace(/^[._-]+/, '');

/** Numbers in names count: photo 2 comes before photo 10. */
const NATURAL = new Intl.Collator('en', { numeric: true });

/** Images in a folder are recognised by their first bytes, not by their names. */
const IMAGE = /^image\/(?!x-icon|icns|svg)/;
/** Bytes that they are recognised by. */
const FIRST_BYTES = 4100;

/**
 * Lists what to upload. A file that is named is always taken, whatever it holds; of a folder, the images in
 * it and in the folders below, called by the folder's own name and what follows it.
 * @param paths files and folders, relative ones against `base`
 * @throws Error when a path does not exist, or two different files would have the same name
 */
export async function findFiles(paths: readonly string[], base: string): Promise<FoundFiles> {
  const found: FoundFiles = { files: [], skipped: [], failed: [] };
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
  return { ...found, files: distinct(found.files) };
}

async function walk(folder: string, prefix: string, found: FoundFiles): Promise<void> {
  const entries = await readdir(folder, { withFileTypes: true, encoding: 'buffer' });
  const named = entries.map((entry) => ({ entry, text: entry.name.toString() }));
  for (const { entry, text } of named.sort((a, b) => NATURAL.compare(a.text, b.text))) {
    const path = join(folder, text);
    const name = prefix + text;
    // The name as it is written on the disk, whichever letters that stands for.
    const place = Buffer.concat([Buffer.from(folder + sep), entry.name]);
    if (text.startsWith('.')) found.skipped.push({ path, reason: 'hidden' });
    else if (entry.isDirectory() && isUtf8(entry.name)) await walk(path, `${name}/`, found);
    else if (entry.isDirectory()) found.failed.push({ path, reason: NOT_UTF8 });
    else {
      const kind = await kindOf(entry, place);
      if (kind === 'unreadable') found.failed.push({ path, reason: 'It cannot be read.' });
      else if (kind !== 'image') found.skipped.push({ path, reason: kind });
      else if (!isUtf8(entry.name)) found.failed.push({ path, reason: NOT_UTF8 });
      else found.files.push({ path, name });
    }
  }
}

const NOT_UTF8 = 'Expected a name in UTF-8 but this one is in another encoding. Rename it.';

/** Links to files are followed, links to folders are not: they may lead round in circles. */
async function kindOf(
  entry: Dirent<Buffer>,
  place: Buffer,
): Promise<'image' | 'not an image' | 'not a file' | 'unreadable'> {
  try {
    if (!(entry.isSymbolicLink() ? await stat(place) : entry).isFile()) return 'not a file';
    const bytes = await firstBytes(place);
    const type = await fileTypeFromBuffer(bytes);
    // The directory of a TIFF usually comes after its pixels, and without it the library does not name the format.
    return (type ? IMAGE.test(type.mime) : isTiff(bytes)) ? 'image' : 'not an image';
  } catch {
    return 'unreadable';
  }
}

async function firstBytes(place: Buffer): Promise<Buffer> {
  const file = await open(place);
  try {
    const { buffer, bytesRead } = await file.read({ buffer: Buffer.alloc(FIRST_BYTES) });
    return buffer.subarray(0, bytesRead);
  } finally {
    await file.close();
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
