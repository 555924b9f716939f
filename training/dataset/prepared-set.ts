import { join } from 'node:path';
import type { Split } from './label.ts';
import { OpenFiles } from './open-files.ts';
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
  const files = new OpenFiles();
  return {
    name,
    contentHash,
    faces,
    read: async ({ shard, offset, length }) => {
      try {
        return await files.read(join(directory, `${shard}.jpegs`), offset, length);
      } catch (cause) {
        throw new DatasetError(
          `Expected shard ${shard} of data set ${name} in ${directory} but it cannot be read: ${reasonOf(cause)}. Prepare the set again.`,
          [],
          { cause },
        );
      }
    },
    close: () => files.close(),
  };
}

/**
 * A set that learns from no faces whose pictures are of low quality. Those that models are judged by, and calibrated by, stay:
 * figures are of the same faces, whatever a model learned from, and intervals hold for the pictures that come in service.
 * @param minimum score, 0 to 100; faces that were not measured stay
 */
export const withoutPoorFaces = (set: PreparedSet, minimum: number): PreparedSet =>
  minimum > 0
    ? {
        ...set,
        contentHash: `${set.contentHash}-${minimum}`,
        faces: set.faces.filter(({ split, quality = 100 }) => split !== 'train' || quality >= minimum),
      }
    : set;

/**
 * Data sets that are learned from, and one that alone judges what was learned: by all its faces, or by its own test
 * faces where it is learned from, too.
 */
export function joinWithReference(sets: readonly PreparedSet[], reference: PreparedSet): PreparedSet {
  const others = sets.filter(({ name }) => name !== reference.name);
  const isLearnedFrom = others.length < sets.length;
  return joinPreparedSets([
    ...others.map((set) => ({ ...set, faces: set.faces.filter(({ split }) => split !== 'test') })),
    isLearnedFrom
      ? reference
      : { ...reference, faces: reference.faces.map((face) => ({ ...face, split: 'test' as const })) },
  ]);
}

/** Photos, and people, that sets share are in the split of the first of these that one of the sets has them in. */
const PRECEDENCE = ['test', 'validation', 'train'] as const satisfies readonly Split[];

/**
 * Several data sets as one: trained on together, each with its own split. A photo or a person that one of them judges by is
 * learned from in none, and a face that several judge by counts once. People of one name, the label's `subject`, are taken
 * for one person. Results are also reported for each of the sets, by the group `set`.
 */
export function joinPreparedSets(sets: readonly PreparedSet[]): PreparedSet {
  const [only, ...others] = sets;
  if (only && others.length === 0) return only;
  const owners = new Map<PreparedFace, readonly [PreparedSet, PreparedFace]>();
  const splits = new Map<string, number>();
  const keysOf = ({ hash, subject }: PreparedFace) => [
    `photo ${hash}`,
    ...(subject === undefined ? [] : [`subject ${subject}`]),
  ];
  for (const face of sets.flatMap(({ faces }) => faces)) {
    const rank = PRECEDENCE.indexOf(face.split);
    for (const key of keysOf(face)) splits.set(key, Math.min(rank, splits.get(key) ?? rank));
  }
  const judged = new Set<string>();
  const isKept = (prepared: PreparedFace): boolean => {
    const { split, hash, box } = prepared;
    const rank = PRECEDENCE.indexOf(split);
    if (split !== 'test') return keysOf(prepared).every((key) => splits.get(key) === rank);
    const face = JSON.stringify([hash, box]);
    const isNew = !judged.has(face);
    judged.add(face);
    return isNew;
  };
  const faces = sets.flatMap((set) =>
    set.faces.filter(isKept).map((face): PreparedFace => {
      const joined = { ...face, groups: { ...face.groups, set: set.name } };
      owners.set(joined, [set, face]);
      return joined;
    }),
  );
  return {
    name: sets.map(({ name }) => name).join('+'),
    contentHash: sets.map(({ contentHash }) => contentHash).join('+'),
    joined: true,
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
