import { mkdir, open, readdir, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { NoSuchKey, paginateListObjectsV2, type S3Client } from '@aws-sdk/client-s3';
import { Upload } from '@aws-sdk/lib-storage';
import { fetchFile } from '../../../training/s3-file.ts';

/** A folder on this machine, and where in a bucket it is kept. */
export interface Place {
  readonly directory: string;
  readonly bucket: string;
  /** With a slash at its end. */
  readonly prefix: string;
}

/** Files that are not yet whole. */
const PARTIAL = /\.new$/;

/**
 * Keeps a folder's files in a bucket, from where another process, on another machine, can go on with them. A file
 * is replaced whole or not at all, here as there.
 */
export class Mirror {
  readonly #client: S3Client;
  readonly #place: Place;
  /** What each file was when it was last sent. */
  readonly #sent = new Map<string, string>();
  #sending: Promise<void> = Promise.resolve();

  get directory(): string {
    return this.#place.directory;
  }

  constructor(client: S3Client, place: Place) {
    this.#client = client;
    this.#place = place;
  }

  /** Empties the folder, or makes it. */
  async clear(): Promise<void> {
    const { directory } = this.#place;
    await rm(directory, { recursive: true, force: true });
    await mkdir(directory, { recursive: true });
    this.#sent.clear();
  }

  /** Brings the files that match into the folder, in place of what lies there. */
  async restore(wanted: RegExp): Promise<void> {
    const { bucket, prefix } = this.#place;
    await this.clear();
    const pages = paginateListObjectsV2({ client: this.#client }, { Bucket: bucket, Prefix: prefix });
    for await (const { Contents = [] } of pages) {
      for (const { Key = '' } of Contents) {
        const name = Key.slice(prefix.length);
        if (wanted.test(name)) await this.fetch(name);
      }
    }
  }

  /** Brings a file into the folder, if there is one. */
  async fetch(name: string): Promise<void> {
    const { directory, bucket, prefix } = this.#place;
    const file = path.join(directory, name);
    await mkdir(path.dirname(file), { recursive: true });
    try {
      await fetchFile(this.#client, bucket, prefix + name, file);
    } catch (error) {
      // It may have been deleted since it was listed.
      if (error instanceof NoSuchKey) return;
      throw error;
    }
    this.#sent.set(name, await this.#stateOf(name));
  }

  /** Sends the files that changed since they were sent. One call waits for another. */
  save(): Promise<void> {
    const saving = this.#sending.then(() => this.#save());
    this.#sending = saving.catch(() => {});
    return saving;
  }

  async #save(): Promise<void> {
    const { directory } = this.#place;
    const entries = await readdir(directory, { recursive: true, withFileTypes: true });
    for (const entry of entries) {
      const name = path.relative(directory, path.join(entry.parentPath, entry.name));
      if (!entry.isFile() || PARTIAL.test(name)) continue;
      const state = await this.#stateOf(name);
      if (this.#sent.get(name) === state) continue;
      await this.#send(name);
      this.#sent.set(name, state);
    }
  }

  async #stateOf(name: string): Promise<string> {
    const { size, mtimeMs, ino } = await stat(path.join(this.#place.directory, name));
    return [size, mtimeMs, ino].join(' ');
  }

  async #send(name: string): Promise<void> {
    const { directory, bucket, prefix } = this.#place;
    const handle = await open(path.join(directory, name));
    try {
      const { size } = await handle.stat();
      // What is appended in the meantime is for the next time.
      const body = size === 0 ? '' : handle.createReadStream({ start: 0, end: size - 1, autoClose: false });
      await new Upload({
        client: this.#client,
        params: { Bucket: bucket, Key: prefix + name.replaceAll(path.sep, '/'), Body: body },
      }).done();
    } finally {
      await handle.close();
    }
  }
}
