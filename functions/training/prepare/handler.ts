import { HeadObjectCommand, NotFound, PutObjectCommand } from '@aws-sdk/client-s3';
import { engine } from '@facedrop/engine';
import { CORRECTIONS } from '../../../training/dataset/corrections.ts';
import { prepareBatch } from '../../../training/dataset/preparation.ts';
import { DatasetError } from '../../../training/dataset/problem.ts';
import { prepareEventSchema } from '../shared/events.ts';
import { createTrainingRuntime } from '../shared/runtime.ts';
import { createTrainingWorker } from '../shared/worker.ts';

const runtime = createTrainingRuntime();
const { trainings, sets, s3, bucket } = runtime;
const detector = engine.loadDetector();
// Whoever needs it learns of a failure.
detector.catch(() => {});

/** Cuts the faces of a batch of photos out and keeps them as a shard. */
async function prepare(input: unknown): Promise<void> {
  const { id, work } = prepareEventSchema.parse(input);
  const { name, prefix, batch } = work;
  const key = (extension: string) => `${prefix}${batch.name}.${extension}`;
  const { cancelRequestedAt } = await trainings.note(await trainings.find(id));
  // It may be here for the second time. Who cancelled does not wait.
  if (cancelRequestedAt || (await exists(key('json')))) return;
  const { shard, jpegs } = await prepareBatch(sets.folder(name), batch, await detector);
  const gone = shard.rejections.find(({ reason }) => reason === 'missing');
  if (gone) {
    // People may have theirs erased at any time. The set is looked through again after this, and the batch is another.
    if (name === CORRECTIONS) return;
    // A shard is kept for good by what the set held when it was looked through.
    throw new DatasetError(
      `Expected ${gone.file} in data set ${name} but it vanished while it was prepared. Put it there and start again.`,
    );
  }
  await put(key('jpegs'), jpegs);
  // Last: it says that the shard is whole.
  await put(key('json'), JSON.stringify(shard));
}

const put = (Key: string, Body: string | Uint8Array) =>
  s3.send(new PutObjectCommand({ Bucket: bucket, Key, Body }));

async function exists(Key: string): Promise<boolean> {
  try {
    await s3.send(new HeadObjectCommand({ Bucket: bucket, Key }));
    return true;
  } catch (error) {
    if (error instanceof NotFound) return false;
    throw error;
  }
}

export const handler = createTrainingWorker(runtime, prepare);
