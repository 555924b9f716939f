import { fork } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { parseConfig } from '../infra/config.ts';
import { engine } from '../layers/onnx/index.ts';
import { estimateFaces } from '../vision/attributes.ts';
import { chipsFor } from '../vision/chip-spec.ts';
import { findFaces } from '../vision/faces.ts';
import { decodePhoto } from '../vision/photo.ts';
import type { Analysed } from './analyser.ts';
import { alternate, median } from './cpu.ts';
import { type BenchPhoto, cameraPhoto, countedPhotos, samplePhotos } from './photos.ts';
import { markdownTable, ms, timesLess } from './table.ts';

/**
 * CPU time from a JPEG's bytes to faces with ages and genders, against face-api's own
 * `detectAllFaces().withFaceLandmarks().withAgeAndGender()` on native TensorFlow, on the same photos in turn.
 */

const TURNS = 15;
/** First turns, which don't count. */
const WARM_UPS = 3;
const { minimumConfidence, maximumFaces, maximumPixels } = parseConfig({});
const options = { minimumConfidence, maximumFaces, maximumPixels };

async function comparison(photos: readonly BenchPhoto[]): Promise<string> {
  const analysers = await Promise.all([startAnalyser('face-api'), startAnalyser('1'), startAnalyser('4')]);
  const rows: string[][] = [];
  for (const { name, jpeg, width, height } of photos) {
    const turns: Analysed[][] = [];
    for (let turn = -WARM_UPS; turn < TURNS; turn++) {
      const analysed: Analysed[] = [];
      for (const analyser of analysers) analysed.push(await analyser.analyse(jpeg));
      if (turn >= 0) turns.push(analysed);
    }
    const [faceApi, one, four] = analysers.map((_, index) => ({
      cpu: median(turns.map((turn) => turn[index]?.cpu ?? Number.NaN)),
      faces: turns[0]?.[index]?.faces ?? Number.NaN,
    }));
    if (!faceApi || !one || !four) throw new Error('Expected three analysers.');
    rows.push([
      `${name}, ${width} × ${height}`,
      `${one.faces}`,
      `${faceApi.faces}`,
      ms(faceApi.cpu),
      ms(one.cpu),
      timesLess(one.cpu, faceApi.cpu),
      ms(four.cpu),
      timesLess(four.cpu, faceApi.cpu),
    ]);
  }
  for (const analyser of analysers) analyser.stop();
  const less = 'less than face-api';
  return markdownTable(
    ['photo', 'faces found', 'by face-api', 'face-api', 'one crop', less, 'four crops', less],
    rows,
  );
}

async function startAnalyser(way: string) {
  const child = fork(path.join(import.meta.dirname, 'analyser.ts'), [way], { serialization: 'advanced' });
  await once(child, 'message');
  return {
    async analyse(jpeg: Buffer): Promise<Analysed> {
      child.send(jpeg);
      const [analysed] = await once(child, 'message');
      return analysed;
    },
    stop: () => child.disconnect(),
  };
}

/** CPU time of each step, in milliseconds. */
export interface StepTimes {
  readonly decode: number;
  readonly detect: number;
  /** Cutting the chips. */
  readonly chips: number;
  /** Age and gender of all faces, from four crops each; the pipeline does this twice. */
  readonly estimate: number;
}

/** Where the time goes in one photo, with the averaged crops. */
export async function measureSteps({ jpeg }: BenchPhoto): Promise<StepTimes> {
  const [detector, estimator] = await Promise.all([engine.loadDetector(), engine.loadAgeGenderEstimator()]);
  const photo = await decodePhoto(jpeg, maximumPixels);
  const find = () => findFaces(photo, detector, { ...options, chips: chipsFor(4) });
  const { chips } = await find();
  const times = await alternate(
    {
      decode: () => decodePhoto(jpeg, maximumPixels),
      detect: () => detector.detect(photo.pixels, minimumConfidence),
      find,
      estimate: () => estimateFaces(estimator, chips, 4),
    },
    { turns: TURNS },
  );
  const { decode, detect, find: found, estimate } = times;
  return { decode, detect, chips: Math.max(0, found - detect), estimate };
}

async function steps(photos: readonly BenchPhoto[]): Promise<string> {
  const rows: string[][] = [];
  for (const photo of photos) {
    const { decode, detect, chips, estimate } = await measureSteps(photo);
    const pipeline = decode + detect + chips + 2 * estimate;
    rows.push([photo.name, ...[decode, detect, chips, estimate, pipeline].map(ms)]);
  }
  return markdownTable(
    ['photo', 'decode', 'find faces', 'chips', 'age and gender', 'all three functions'],
    rows,
  );
}

if (import.meta.main) {
  const counted = [...(await countedPhotos()), await cameraPhoto()];
  console.log(`### CPU time of a photo

From the JPEG's bytes to faces with ages and genders, in milliseconds of CPU time, all threads, median of ${TURNS}
turns. Each way has a process of its own, with one thread for its networks, and they take turns; face-api on native TensorFlow 2.4.1, which also decodes its photos.

${await comparison([...counted, ...(await samplePhotos())])}

Where it goes, with four crops. The age and the gender function run the same network, each for itself, so the
pipeline's three functions together take the last column.

${await steps(counted)}
`);
}
