import { PutObjectCommand } from '@aws-sdk/client-s3';
import { GetQueueAttributesCommand } from '@aws-sdk/client-sqs';
import pMap from 'p-map';
import { waitForResults } from '../../cli/results.ts';
import { connectTo, type Target } from '../../cli/target.ts';
import { parseConfig } from '../../infra/config.ts';
import { estimateFaces } from '../../models/analysis.ts';
import { findFaces } from '../../vision/faces.ts';
import { decodePhoto } from '../../vision/photo.ts';
import { chips, loadModels } from '../builtins.ts';
import { median } from '../cpu.ts';
import { effort, few } from '../effort.ts';
import { type BenchPhoto, samplePhotos } from '../photos.ts';
import { onStack } from '../stack.ts';
import { markdownTable, ms } from '../table.ts';

/**
 * The pipeline on a local stack: how much time passes from a photo's upload to its result beyond the analysis
 * itself, and how many photos it takes a second when many come at once.
 */

const TURNS = effort(15);
const WARM_UPS = effort(5, 0);
const MANY = effort(200);
const UPLOADS = 16;

async function put({ s3, stack }: Target, Key: string, Body: Buffer): Promise<void> {
  await s3.send(new PutObjectCommand({ Bucket: stack.photoBucket, Key, Body }));
}

async function resultOf(target: Target, key: string): Promise<{ completedAt: string }> {
  const [photo] = await waitForResults(target, [{ key }]);
  if (photo?.status !== 'done' || !photo.completedAt) {
    throw new Error(`Expected ${key} to be done but it is ${photo?.status ?? 'not there'}.`);
  }
  return { completedAt: photo.completedAt };
}

/** Milliseconds that the functions' own work takes in this process: what estimators do side by side counts once. */
async function analyse(jpeg: Buffer): Promise<number> {
  const { maximumFaces, maximumPixels, minimumConfidence } = parseConfig({});
  const { detector, estimators } = await loadModels();
  const start = performance.now();
  const photo = await decodePhoto(jpeg, maximumPixels);
  const { chips: cut } = await findFaces(photo, detector, { minimumConfidence, maximumFaces, chips });
  const found = performance.now();
  const estimates: number[] = [];
  for (const estimator of estimators) {
    const begun = performance.now();
    // A copy each time: estimators look only once at the same chips.
    await estimateFaces([estimator], { specs: chips, chips: cut.slice() });
    estimates.push(performance.now() - begun);
  }
  return found - start + Math.max(...estimates);
}

interface Passage {
  readonly photo: string;
  /** From the start of the upload to the time at which the item was completed, in milliseconds. */
  readonly total: number;
  /** The analysis alone, in milliseconds. */
  readonly analysis: number;
}

/** One photo after the other. */
async function measurePassages(target: Target, photos: readonly BenchPhoto[]): Promise<Passage[]> {
  const passages: Passage[] = [];
  for (let turn = -WARM_UPS; turn < TURNS; turn++) {
    for (const { name, jpeg } of photos) {
      const key = `bench/one/${turn}-${name}`;
      const analysis = await analyse(jpeg);
      const start = Date.now();
      await put(target, key, jpeg);
      const { completedAt } = await resultOf(target, key);
      if (turn >= 0) passages.push({ photo: name, total: Date.parse(completedAt) - start, analysis });
    }
  }
  return passages;
}

/** Photos a second when many are dropped at once. */
async function measureMany(target: Target, photos: readonly BenchPhoto[]): Promise<number> {
  const files = Array.from({ length: MANY }, (_, index) => ({
    key: `bench/many/${index}.jpg`,
    jpeg: photos[index % photos.length]?.jpeg ?? Buffer.alloc(0),
  }));
  const start = Date.now();
  await pMap(files, ({ key, jpeg }) => put(target, key, jpeg), { concurrency: UPLOADS });
  const results = await waitForResults(target, files);
  const done = results.filter(({ status }) => status === 'done');
  if (done.length < MANY) throw new Error(`Expected ${MANY} photos to be done but ${done.length} are.`);
  const last = Math.max(...done.map(({ completedAt }) => Date.parse(completedAt ?? '')));
  return MANY / ((last - start) / 1000);
}

/** Messages in all dead-letter queues. */
async function deadLetters({ sqs, stack }: Target): Promise<number> {
  const queues = [stack.uploadDeadLetters, ...stack.estimators.map(({ deadLetters }) => deadLetters)];
  const counts = await Promise.all(
    queues.map(async (QueueUrl) => {
      const AttributeNames = ['ApproximateNumberOfMessages' as const];
      const { Attributes } = await sqs.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames }));
      return Number(Attributes?.ApproximateNumberOfMessages);
    }),
  );
  return counts.reduce((sum, count) => sum + count);
}

async function measure(target: Target): Promise<void> {
  const photos = few(await samplePhotos());
  const passages = await measurePassages(target, photos);
  const row = (name: string, some: readonly Passage[]) => [
    name,
    ms(median(some.map(({ total }) => total))),
    ms(median(some.map(({ analysis }) => analysis))),
    ms(median(some.map(({ total, analysis }) => total - analysis))),
  ];
  const rows = photos.map(({ name }) =>
    row(
      name,
      passages.filter(({ photo }) => photo === name),
    ),
  );
  const perSecond = await measureMany(target, photos);
  console.log(`### The pipeline on a local stack

One photo at a time, warm, medians of ${TURNS} turns, in milliseconds: from the start of the upload to the completed item,
the analysis alone in a process of its own, and what is left for events, messages and storage.

${markdownTable(['photo', 'upload to result', 'analysis', 'beyond the analysis'], [...rows, row('all', passages)])}

${MANY} photos dropped at once: all done, ${perSecond.toFixed(1)} a second, ${await deadLetters(target)} messages in the dead-letter queues.
`);
}

await onStack((stack) => measure(connectTo(stack)));
