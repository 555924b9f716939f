import { SPLITS, type Split } from './label.ts';
import { PREPARATION, type Prepared, type Rejection, type Shard } from './prepared.ts';
import { DatasetError, type DatasetProblem, describeProblem, Problems } from './problem.ts';

/** Reasons for which the photo's name is enough; others need details. */
const SAYS_ENOUGH: ReadonlySet<Rejection['reason']> = new Set(['no-face', 'box-outside']);

export interface ShardSource {
  /** Name of the data set. */
  readonly name: string;
  /** Hash of its index. */
  readonly contentHash: string;
  /** Problems of its index. */
  readonly problems: readonly DatasetProblem[];
}

export interface Conclusion {
  /** To be written as `prepared.json`. */
  readonly prepared: Prepared;
  /** Problems of the index, and those found while preparing. */
  readonly problems: readonly DatasetProblem[];
}

/**
 * Sums up what was prepared.
 * @param shards with their names, in order
 * @param minimumQuality of the faces' pictures: lower ones are named among the problems
 * @throws DatasetError when there is no face in any of them
 */
export function concludePreparation(
  { name, contentHash, problems: before }: ShardSource,
  shards: Iterable<readonly [string, Shard]>,
  minimumQuality = 0,
): Conclusion {
  const found = new Problems();
  const names: string[] = [];
  const splits = new Set<Split>();
  let count = 0;
  for (const [shard, { faces, rejections }] of shards) {
    names.push(shard);
    count += faces.length;
    for (const { file, reason, message } of rejections) {
      if (reason === 'missing') found.add('missing-file', file);
      else found.add(reason, SAYS_ENOUGH.has(reason) ? file : `${file}: ${message.replace(/\.$/, '')}`);
    }
    for (const { file, box, facesFound, split, quality = 100 } of faces) {
      splits.add(split);
      if (quality < minimumQuality) found.add('poor-quality', `${file} (${quality})`);
      if (!box && facesFound > 1) found.add('several-faces', `${file} (${facesFound})`);
    }
  }
  for (const split of SPLITS) if (count > 0 && !splits.has(split)) found.add('empty-split', split);
  const problems = [...before, ...found.list()];
  if (count === 0) {
    throw new DatasetError(
      `Expected faces in data set ${name} but found none.\n${problems.map(describeProblem).join('\n')}`,
      problems,
    );
  }
  return { prepared: { name, contentHash, shards: names, faces: count }, problems };
}

/** Whether a shard is of this batch, as it would be prepared now. */
export const isOf = (shard: Shard, batch: { readonly hash: string }): boolean =>
  shard.batch === batch.hash && shard.preparation === PREPARATION;
