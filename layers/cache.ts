import { existsSync, statSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, rename, rm } from 'node:fs/promises';
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
    await rename(aside, directory).catch((error: unknown) => {
      if (!existsSync(directory)) throw error;
    });
  } finally {
    await rm(aside, { recursive: true, force: true });
  }
  return directory;
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
