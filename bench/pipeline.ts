import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { PutObjectCommand } from '@aws-sdk/client-s3';
import { GetQueueAttributesCommand } from '@aws-sdk/client-sqs';
import pMap from 'p-map';
import { readPhotos, waitForResults } from '../cli/results.ts';
import { connectTo, type Target } from '../cli/target.ts';
import type { Photo } from '../functions/shared/item.ts';
import { parseConfig } from '../infra/config.ts';
import { engine } from '../layers/onnx/index.ts';
import { estimateFaces } from '../vision/attributes.ts';
import { findFaces } from '../vision/faces.ts';
import { decodePhoto } from '../vision/photo.ts';
import { median } from './cpu.ts';
import { startBenchStack } from './stack.ts';
import { markdownTable, ms } from './table.ts';

/** Everything between a photo's upload and its result that is not looking at it, and many photos at once. */

const PHOTOS = 25;
const BURST = 200;

export interface PipelineTimes {
  /** Milliseconds from PUT to `done`, median. */
  readonly toResult: number;
  /** Milliseconds of looking at the same photo in one process: detection, then one estimate, as the two run side by side. */
  readonly inference: number;
  /** Photos a second when many are dropped at once. */
  readonly throughput: number;
  readonly lost: number;
  readonly deadLetters: number;
}

export async function measurePipeline(target: Target): Promise<PipelineTimes> {
  const photo = await readFile(path.resolve(import.meta.dirname, '..', 'samples', 'astronaut.jpg'));
  // Starts and warms every process that the burst will find.
  await dropAll(target, photo, 'warm', 20);

  const waits: number[] = [];
  for (let index = 0; index < PHOTOS; index++) {
    const key = `bench/single/${index}.jpg`;
    const start = performance.now();
    await put(target, key, photo);
    await poll(target, key);
    waits.push(performance.now() - start);
  }

  const inference = await timeInference(photo);
  const start = performance.now();
  const results = await dropAll(target, photo, 'burst', BURST);
  const seconds = (performance.now() - start) / 1000;
  return {
    toResult: median(waits),
    inference,
    throughput: results.length / seconds,
    lost: BURST - results.filter(({ status }) => status === 'done').length,
    deadLetters: await countDeadLetters(target),
  };
}

const put = ({ s3, stack }: Target, key: string, photo: Buffer) =>
  s3.send(new PutObjectCommand({ Bucket: stack.photoBucket, Key: key, Body: photo }));

async function dropAll(target: Target, photo: Buffer, folder: string, count: number): Promise<Photo[]> {
  const keys = Array.from({ length: count }, (_, index) => `bench/${folder}/${index}.jpg`);
  await pMap(keys, (key) => put(target, key, photo), { concurrency: 16 });
  return waitForResults(
    target,
    keys.map((key) => ({ key })),
    { timeoutSeconds: 120 },
  );
}

async function poll(target: Target, key: string): Promise<void> {
  while ((await readPhotos(target, [key])).get(key)?.status !== 'done') await sleep(2);
}

async function timeInference(bytes: Buffer): Promise<number> {
  const { minimumConfidence, maximumFaces, maximumPixels } = parseConfig({});
  const [detector, landmarker, estimator] = await Promise.all([
    engine.loadDetector(),
    engine.loadLandmarker(),
    engine.loadAgeGenderEstimator(),
  ]);
  const times: number[] = [];
  for (let index = 0; index < PHOTOS; index++) {
    const start = performance.now();
    const photo = await decodePhoto(bytes, maximumPixels);
    const options = { minimumConfidence, maximumFaces, scales: 2 };
    const { chips } = await findFaces(photo, detector, landmarker, options);
    await estimateFaces(estimator, chips, 4);
    times.push(performance.now() - start);
  }
  return median(times);
}

async function countDeadLetters({ sqs, stack }: Target): Promise<number> {
  const queues = [stack.uploadDeadLetters, stack.ageDeadLetters, stack.genderDeadLetters];
  const counts = await Promise.all(
    queues.map(async (QueueUrl) => {
      const AttributeNames = ['ApproximateNumberOfMessages' as const];
      const { Attributes } = await sqs.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames }));
      return Number(Attributes?.ApproximateNumberOfMessages);
    }),
  );
  return counts.reduce((sum, count) => sum + count, 0);
}

export function describePipeline(times: PipelineTimes): string {
  const { toResult, inference, throughput, lost, deadLetters } = times;
  return `### The pipeline on the local stack

Wall-clock times of a photo with one face, warm, one at a time (median of ${PHOTOS}), then ${BURST} photos dropped at once.

${markdownTable(
  ['', 'measured', 'goal'],
  [
    ['from PUT to `done`, ms', ms(toResult), ''],
    ['of which looking at the photo, ms', ms(inference), ''],
    ['everything else, ms', ms(toResult - inference), '150'],
    [`photos a second, ${BURST} at once`, throughput.toFixed(1), ''],
    ['photos without a result', String(lost), '0'],
    ['dead letters', String(deadLetters), '0'],
  ],
)}
`;
}

if (import.meta.main) {
  const running = await startBenchStack();
  try {
    console.log(describePipeline(await measurePipeline(connectTo(running.stack))));
  } finally {
    await running.stop();
  }
  process.exit();
}
