import { type FileHandle, open } from 'node:fs/promises';

/** A process may have about a thousand files open; sets have more shards. */
const MOST_OPEN = 64;

interface OpenFile {
  readonly handle: Promise<FileHandle>;
  readers: number;
}

/** Files that are read in many small pieces: those read last stay open. */
export class OpenFiles {
  /** The one read longest ago first. */
  readonly #files = new Map<string, OpenFile>();

  /** @throws when the file is not there, or ends before that */
  async read(path: string, offset: number, length: number): Promise<Uint8Array> {
    const file = this.#files.get(path) ?? { handle: open(path), readers: 0 };
    this.#files.delete(path);
    this.#files.set(path, file);
    file.readers += 1;
    try {
      const bytes = Buffer.allocUnsafe(length);
      const { bytesRead } = await (await file.handle).read(bytes, 0, length, offset);
      if (bytesRead < length) throw new Error(`it has less than ${offset + length} bytes`);
      return bytes;
    } catch (error) {
      // Another try opens it again.
      if (this.#files.get(path) === file) this.#files.delete(path);
      throw error;
    } finally {
      file.readers -= 1;
      if (this.#files.get(path) !== file && file.readers === 0) await closeFile(file);
      await this.#closeOldest();
    }
  }

  async close(): Promise<void> {
    const files = [...this.#files.values()];
    this.#files.clear();
    for (const file of files) if (file.readers === 0) await closeFile(file);
  }

  async #closeOldest(): Promise<void> {
    for (const [path, file] of this.#files) {
      if (this.#files.size <= MOST_OPEN) return;
      if (file.readers > 0) continue;
      this.#files.delete(path);
      await closeFile(file);
    }
  }
}

/** What could not be opened needs no closing. */
async function closeFile({ handle }: OpenFile): Promise<void> {
  const opened = await handle.catch(() => undefined);
  await opened?.close();
}
