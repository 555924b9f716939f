import { PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import pMap from 'p-map';
import { assertUsable, type IndexOptions, indexDataset } from '../../../training/dataset/catalogue.ts';
import { concludePreparation } from '../../../training/dataset/conclusion.ts';
import { SPLITS, type Split } from '../../../training/dataset/label.ts';
import { PREPARED_FILE, type Shard, shardSchema } from '../../../training/dataset/prepared.ts';
import { describeProblem } from '../../../training/dataset/problem.ts';
import { S3Folder } from '../../../training/dataset/s3-folder.ts';
import type { DataSets } from '../shared/data-sets.ts';
import type { Work } from '../shared/events.ts';

/** What is known of a data set. */
export interface Survey {
  readonly name: string;
  /** Where its prepared faces are. */
  readonly prefix: string;
  /** What is yet to be done; when it is nothing, the set is ready. */
  readonly work: readonly Work[];
  /** Faces of a set that is ready. */
  readonly faces: Readonly<Record<Split, number>>;
  /** What is wrong with it, in sentences. */
  readonly warnings: readonly string[];
}

/** Shards read side by side. */
const CONCURRENCY = 16;

/**
 * Looks a data set through, and sums its prepared faces up as soon as all are there.
 * @throws DatasetError when it can't be trained on
 */
export async function surveyDataSet(
  sets: DataSets,
  client: S3Client,
  name: string,
  options: IndexOptions = {},
): Promise<Survey> {
  const index = await indexDataset(sets.folder(name), options);
  assertUsable(index);
  const { bucket, prefix } = sets.preparedPlace(name, index.contentHash);
  const prepared = new S3Folder(client, bucket, prefix);
  const there = new Set((await prepared.list()).map((entry) => entry.name));
  // The prefix says which photos and labels a shard is made of. That its JSON is there says that it is whole.
  const missing = index.batches.filter((batch) => !there.has(`${batch.name}.json`));
  if (missing.length > 0) {
    return {
      name,
      prefix,
      work: missing.map((batch) => ({ name, prefix, batch })),
      faces: countSplits([]),
      warnings: index.problems.map(describeProblem),
    };
  }
  const shards = await pMap(
    index.batches,
    async (batch) => [batch.name, await readShard(prepared, batch.name)] as const,
    { concurrency: CONCURRENCY },
  );
  const { prepared: summary, problems } = concludePreparation({ ...index, name }, shards);
  if (!there.has(PREPARED_FILE)) {
    await client.send(
      new PutObjectCommand({ Bucket: bucket, Key: prefix + PREPARED_FILE, Body: JSON.stringify(summary) }),
    );
  }
  return {
    name,
    prefix,
    work: [],
    faces: countSplits(shards.map(([, shard]) => shard)),
    warnings: problems.map(describeProblem),
  };
}

async function readShard(folder: S3Folder, name: string): Promise<Shard> {
  return shardSchema.parse(JSON.parse(Buffer.from(await folder.read(`${name}.json`)).toString()));
}

function countSplits(shards: readonly Shard[]): Record<Split, number> {
  const faces = Map.groupBy(
    shards.flatMap((shard) => shard.faces),
    ({ split }) => split,
  );
  return Object.fromEntries(SPLITS.map((split) => [split, faces.get(split)?.length ?? 0])) as Record<
    Split,
    number
  >;
}
