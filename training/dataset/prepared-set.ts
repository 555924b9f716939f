import { type FileHandle, open } from 'node:fs/promises';
import { join } from 'node:path';
import type { PreparedFace, PreparedSet } from './prepared.ts';
import { DatasetError } from './problem.ts';
import { readPrepared, readShard, reasonOf } from './shards.ts';

/**
 * Opens a data set that was prepared into a directory.
 * @throws DatasetError when it is not there, not complete, or damaged
 */
export async function openPreparedSet(directory: string): Promise<PreparedSet> {
  const { name, contentHash, shards } = await readPrepared(directory);
  const faces: PreparedFace[] = [];
  for (const shard of shards) {
    const { faces: members } = await readShard(directory, shard);
    for (const face of members) faces.push({ ...face, shard });
  }
  const handles = new Map<string, Promise<FileHandle>>();
  const openShard = (shard: string) => {
    const handle = handles.get(shard) ?? open(join(directory, `${shard}.jpegs`));
    handles.set(shard, handle);
    handle.catch(() => handles.delete(shard));
    return handle;
  };
  return {
    name,
    contentHash,
    faces,
    read: async ({ shard, offset, length }) => {
      try {
        const bytes = Buffer.allocUnsafe(length);
        const { bytesRead } = await (await openShard(shard)).read(bytes, 0, length, offset);
        if (bytesRead < length) throw new Error(`it has less than ${offset + length} bytes`);
        return bytes;
      } catch (cause) {
        throw new DatasetError(
          `Expected shard ${shard} of data set ${name} in ${directory} but it cannot be read: ${reasonOf(cause)}. Prepare the set anew.`,
          [],
          { cause },
        );
      }
    },
    close: async () => {
      for (const handle of handles.values()) await (await handle).close();
      handles.clear();
    },
  };
}

/**
 * Several data sets as one: trained on together, each with its own split. Results are also told for each of
 * them, by the group `set`.
 */
export function joinPreparedSets(sets: readonly PreparedSet[]): PreparedSet {
  const [only, ...others] = sets;
  if (only && others.length === 0) return only;
  const owners = new Map<PreparedFace, readonly [PreparedSet, PreparedFace]>();
  const faces = sets.flatMap((set) =>
    set.faces.map((face): PreparedFace => {
      const joined = { ...face, groups: { ...face.groups, set: set.name } };
      owners.set(joined, [set, face]);
      return joined;
    }),
  );
  return {
    name: sets.map(({ name }) => name).join('+'),
    contentHash: sets.map(({ contentHash }) => contentHash).join('+'),
    faces,
    read: async (face) => {
      const [set, own] = owners.get(face) ?? [];
      if (!set || !own)
        throw new DatasetError(`Expected a face of the joined sets but received ${face.file}.`);
      return set.read(own);
    },
    close: async () => {
      for (const set of sets) await set.close();
    },
  };
}
