import { PutObjectCommand, paginateListObjectsV2, type S3Client } from '@aws-sdk/client-s3';
import pMap from 'p-map';
import { assertUsable, type IndexOptions, indexDataset } from '../../../training/dataset/catalogue.ts';
import { concludePreparation } from '../../../training/dataset/conclusion.ts';
import { CORRECTIONS } from '../../../training/dataset/corrections.ts';
import type { PreparedPlace } from '../../../training/dataset/download.ts';
import { SPLITS, type Split } from '../../../training/dataset/label.ts';
import { PREPARED_FILE, type Shard, shardSchema } from '../../../training/dataset/prepared.ts';
import { DatasetError, type DatasetProblem, describeProblem } from '../../../training/dataset/problem.ts';
import { S3Folder } from '../../../training/dataset/s3-folder.ts';
import type { DataSets } from '../shared/data-sets.ts';
import { batchKey, type Work } from '../shared/events.ts';

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

/** Shards and batches read or written side by side. */
const CONCURRENCY = 16;

/**
 * Looks a data set through, and sums its prepared faces up as soon as all are there.
 * @param since corrections that were prepared before do not last as long as they are needed
 * @throws DatasetError when it can't be trained on
 */
export async function surveyDataSet(
  sets: DataSets,
  client: S3Client,
  name: string,
  since: Date,
  options: IndexOptions = {},
): Promise<Survey> {
  if (name !== CORRECTIONS) return survey(sets, client, name, describeProblem, undefined, options);
  try {
    return await survey(sets, client, name, countProblem, since, options);
  } catch (error) {
    if (!(error instanceof DatasetError) || error.problems.length === 0) throw error;
    const faults = error.problems.filter(({ severity }) => severity === 'error');
    const said = (faults.length > 0 ? faults : error.problems).map(countProblem);
    throw new DatasetError(
      `Expected corrections that can be trained on but they have errors:\n${said.join('\n')}`,
    );
  }
}

/** Whoever had a correction kept may have it erased: what outlives it names none. */
const countProblem = ({ count, message }: DatasetProblem): string =>
  `${message} (${count.toLocaleString('en')})`;

async function survey(
  sets: DataSets,
  client: S3Client,
  name: string,
  describe: (problem: DatasetProblem) => string,
  since: Date | undefined,
  options: IndexOptions,
): Promise<Survey> {
  const index = await indexDataset(sets.folder(name), options);
  assertUsable(index);
  const { bucket, prefix } = sets.preparedPlace(name, index.contentHash);
  const prepared = new S3Folder(client, bucket, prefix);
  const there = await namesIn(client, { bucket, prefix }, since);
  // The prefix says which photos and labels a shard is made of. That its JSON is there says that it is whole.
  const missing = index.batches.filter((batch) => !there.has(`${batch.name}.json`));
  if (missing.length > 0) {
    const work = await pMap(
      missing,
      async (batch): Promise<Work> => {
        const each = { name, prefix, batch: batch.name };
        await client.send(
          new PutObjectCommand({ Bucket: bucket, Key: batchKey(each), Body: JSON.stringify(batch) }),
        );
        return each;
      },
      { concurrency: CONCURRENCY },
    );
    return {
      name,
      prefix,
      work,
      faces: countSplits([]),
      warnings: index.problems.map(describe),
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
    warnings: problems.map(describe),
  };
}

/** What lies in a place, without what was put there before. */
async function namesIn(
  client: S3Client,
  { bucket, prefix }: PreparedPlace,
  since = new Date(0),
): Promise<ReadonlySet<string>> {
  const names = new Set<string>();
  const pages = paginateListObjectsV2({ client }, { Bucket: bucket, Prefix: prefix });
  for await (const { Contents = [] } of pages) {
    for (const { Key = '', LastModified = since } of Contents) {
      if (LastModified >= since) names.add(Key.slice(prefix.length));
    }
  }
  return names;
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
