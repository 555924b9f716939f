import { existsSync, statSync } from 'node:fs';
import { chmod, mkdir, mkdtemp, readdir, rename, rm, stat } from 'node:fs/promises';
import path from 'node:path';

const HOUR = 60 * 60 * 1000;

/**
 * Makes a folder once. It is filled beside its place and renamed into it, so that it is there whole or not
 * at all, even when several processes make it at the same time.
 * @param fill receives an empty folder to fill
 * @returns `directory`
 */
export async function cached(directory: string, fill: (aside: string) => Promise<void>): Promise<string> {
  if (existsSync(directory)) return directory;
  await mkdir(path.dirname(directory), { recursive: true });
  const aside = await mkdtemp(`${directory}.`);
  try {
    await fill(aside);
    await makeReadable(aside);
    await rename(aside, directory).catch((error: unknown) => {
      if (!existsSync(directory)) throw error;
    });
  } finally {
    await rm(aside, { recursive: true, force: true });
  }
  return directory;
}

/** Lets everybody read a folder, whatever the umask: AWS Lambda runs what it is given as another user. */
async function makeReadable(folder: string): Promise<void> {
  const inside = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = inside.filter((entry) => !entry.isSymbolicLink());
  for (const file of [folder, ...files.map((entry) => path.join(entry.parentPath, entry.name))]) {
    const { mode } = await stat(file);
    // What its owner may run, or go into, everybody may.
    await chmod(file, mode | 0o444 | (mode & 0o100 ? 0o111 : 0));
  }
}

/** Deletes what else `parent` holds under the same prefix and is older than an hour: no running build needs it. */
export async function removeStale(parent: string, prefix: string, keep: string): Promise<void> {
  for (const name of await readdir(parent)) {
    const directory = path.join(parent, name);
    if (!name.startsWith(prefix) || directory === keep) continue;
    // Another process may be as quick to delete it.
    const built = statSync(directory, { throwIfNoEntry: false });
    if (built && Date.now() - built.mtimeMs > HOUR) await rm(directory, { recursive: true, force: true });
  }
}
