import { GetObjectCommand, HeadObjectCommand, NotFound, PutObjectCommand } from '@aws-sdk/client-s3';
import { engine } from '@facedrop/engine';
import { type Batch, batchSchema } from '../../../training/dataset/batch.ts';
import { CORRECTIONS } from '../../../training/dataset/corrections.ts';
import { prepareBatch } from '../../../training/dataset/preparation.ts';
import { DatasetError } from '../../../training/dataset/problem.ts';
import { fleetingSince } from '../shared/budget.ts';
import { batchKey, prepareEventSchema, type Work } from '../shared/events.ts';
import { createTrainingRuntime } from '../shared/runtime.ts';
import { createTrainingWorker } from '../shared/worker.ts';

const runtime = createTrainingRuntime();
const { trainings, sets, s3, bucket } = runtime;
// Loaded while the function starts, when Lambda gives it more of the processor.
engine.loadDetector().catch(() => {});

/** Cuts the faces of a batch of photos out and keeps them as a shard. */
async function prepare(input: unknown): Promise<void> {
  const { id, work } = prepareEventSchema.parse(input);
  const { name, prefix } = work;
  const key = (extension: string) => `${prefix}${work.batch}.${extension}`;
  const { cancelRequestedAt, budget } = await trainings.note(await trainings.find(id));
  const since = name === CORRECTIONS ? fleetingSince(budget) : undefined;
  // It may be here for the second time. Who cancelled does not wait.
  if (cancelRequestedAt || (await exists(key('json'), since))) return;
  const { shard, jpegs } = await prepareBatch(
    sets.folder(name),
    await read(work),
    await engine.loadDetector(),
  );
  const gone = shard.rejections.find(({ reason }) => reason === 'missing');
  if (gone) {
    // People may have theirs erased at any time. The set is looked through again after this, and the batch is another.
    if (name === CORRECTIONS) return;
    // A shard is kept for good by what the set held when it was looked through.
    throw new DatasetError(
      `Expected ${gone.file} in data set ${name} but it was deleted during the preparation. Put it back and start again.`,
    );
  }
  await put(key('jpegs'), jpegs);
  // Last: it says that the shard is whole.
  await put(key('json'), JSON.stringify(shard));
}

const put = (Key: string, Body: string | Uint8Array) =>
  s3.send(new PutObjectCommand({ Bucket: bucket, Key, Body }));

async function read(work: Work): Promise<Batch> {
  const { Body } = await s3.send(new GetObjectCommand({ Bucket: bucket, Key: batchKey(work) }));
  return batchSchema.parse(JSON.parse((await Body?.transformToString()) ?? ''));
}

/** @param since what was put there before does not count */
async function exists(Key: string, since = new Date(0)): Promise<boolean> {
  try {
    const { LastModified = since } = await s3.send(new HeadObjectCommand({ Bucket: bucket, Key }));
    return LastModified >= since;
  } catch (error) {
    if (error instanceof NotFound) return false;
    throw error;
  }
}

export const handler = createTrainingWorker(runtime, prepare);
