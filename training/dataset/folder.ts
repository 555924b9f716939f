import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readdir, readFile, stat } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { pipeline } from 'node:stream/promises';
import pMap from 'p-map';
import { DatasetError } from './problem.ts';

/** A file in a folder. */
export interface FolderEntry {
  /** Below the folder, with forward slashes. */
  readonly name: string;
  /** In bytes. */
  readonly size: number;
  /** Files with the same tag hold the same bytes: the MD5 in hexadecimal digits, or an S3 ETag, which is as good. */
  readonly tag: string;
}

/** Where a data set lies: a directory, or a prefix of a bucket. */
export interface Folder {
  /** In words, for messages. */
  readonly description: string;
  /** Its last part. */
  readonly name: string;
  /** Every file in it and below, in the order of their names; without hidden ones. */
  list(): Promise<FolderEntry[]>;
  /** @throws MissingFileError when the file no longer exists */
  read(name: string): Promise<Uint8Array>;
}

/** A file that was there no longer is. */
export class MissingFileError extends Error {
  override readonly name = 'MissingFileError';

  constructor(file: string, folder: Folder, options?: ErrorOptions) {
    super(`Expected ${file} in ${folder.description} but it is no longer there.`, options);
  }
}

export const isHidden = (name: string): boolean => name.split('/').some((part) => part.startsWith('.'));

export const byName = (one: { readonly name: string }, other: { readonly name: string }): number =>
  one.name < other.name ? -1 : Number(one.name > other.name);

/** A directory on this machine. Links to directories are not followed: they may lead round in circles. */
export class LocalFolder implements Folder {
  readonly description: string;
  readonly name: string;
  readonly path: string;
  readonly #onProgress: ((files: number, total: number) => void) | undefined;

  /** @param onProgress called by `list` with how many files it has looked through */
  constructor(path: string, onProgress?: (files: number, total: number) => void) {
    this.path = resolve(path);
    this.description = this.path;
    this.name = basename(this.path);
    this.#onProgress = onProgress;
  }

  async list(): Promise<FolderEntry[]> {
    const found = await readdir(this.path, { recursive: true, withFileTypes: true }).catch(
      (cause: NodeJS.ErrnoException) => {
        const fault =
          cause.code === 'ENOTDIR'
            ? 'is a file. Name the folder that holds it.'
            : 'cannot be opened. Check its spelling.';
        throw new DatasetError(`Expected a folder of labelled photos but "${this.path}" ${fault}`, [], {
          cause,
        });
      },
    );
    const names = found
      .filter((entry) => entry.isFile() || entry.isSymbolicLink())
      .map((entry) => join(entry.parentPath, entry.name).slice(join(this.path, '/').length))
      .map((name) => name.replaceAll('\\', '/'))
      .filter((name) => !isHidden(name));
    // What is not there under the name that was read: its bytes stand for no letters.
    const misnamed: string[] = [];
    let done = 0;
    const entries = await pMap(
      names,
      async (name): Promise<FolderEntry | undefined> => {
        const path = join(this.path, name);
        const stats = await stat(path).catch(() => undefined);
        if (!stats && name.includes('\ufffd')) misnamed.push(name);
        this.#onProgress?.(++done, names.length);
        return stats?.isFile() ? { name, size: stats.size, tag: await md5(path) } : undefined;
      },
      { concurrency: 8 },
    );
    if (misnamed.length > 0) {
      throw new DatasetError(
        `Expected names in UTF-8 in ${this.path} but those of ${misnamed.length} files are in another encoding: ${misnamed.slice(0, 3).join(', ')}. Rename them.`,
      );
    }
    return entries.filter((entry) => entry !== undefined).sort(byName);
  }

  async read(name: string): Promise<Uint8Array> {
    try {
      return await readFile(join(this.path, name));
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code === 'ENOENT' || code === 'ENOTDIR') throw new MissingFileError(name, this, { cause: error });
      throw error;
    }
  }
}

/** What S3 gives as ETag to a file that is sent in one piece. */
async function md5(path: string): Promise<string> {
  const hash = createHash('md5');
  await pipeline(createReadStream(path), hash);
  return hash.digest('hex');
}
