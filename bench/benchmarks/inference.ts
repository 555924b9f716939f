import { fork } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { parseConfig } from '../../infra/config.ts';
import { findFaces } from '../../vision/faces.ts';
import { decodePhoto } from '../../vision/photo.ts';
import type { Analysed } from '../analyser.ts';
import { chips, loadModels } from '../builtins.ts';
import { alternate, median } from '../cpu.ts';
import { effort, few } from '../effort.ts';
import { type BenchPhoto, cameraPhoto, countedPhotos, samplePhotos } from '../photos.ts';
import { markdownTable, ms, timesLess } from '../table.ts';

/**
 * CPU time from a JPEG's bytes to faces with ages and genders, against face-api's own
 * `detectAllFaces().withFaceLandmarks().withAgeAndGender()` on native TensorFlow, on the same photos in turn.
 */

const TURNS = effort(15);
/** First turns, which don't count. */
const WARM_UPS = effort(3, 0);
const { minimumConfidence, maximumFaces, maximumPixels } = parseConfig({});
const options = { minimumConfidence, maximumFaces, maximumPixels };

async function comparison(photos: readonly BenchPhoto[]): Promise<string> {
  const analysers = await Promise.all([startAnalyser('face-api'), startAnalyser('facedrop')]);
  const rows: string[][] = [];
  for (const { name, jpeg, width, height } of photos) {
    const turns: Analysed[][] = [];
    for (let turn = -WARM_UPS; turn < TURNS; turn++) {
      const analysed: Analysed[] = [];
      for (const analyser of analysers) analysed.push(await analyser.analyse(jpeg));
      if (turn >= 0) turns.push(analysed);
    }
    const [faceApi, facedrop] = analysers.map((_, index) => ({
      cpu: median(turns.map((turn) => turn[index]?.cpu ?? Number.NaN)),
      faces: turns[0]?.[index]?.faces ?? Number.NaN,
    }));
    if (!faceApi || !facedrop) throw new Error('Expected two analysers.');
    rows.push([
      `${name}, ${width} × ${height}`,
      `${facedrop.faces}`,
      `${faceApi.faces}`,
      ms(faceApi.cpu),
      ms(facedrop.cpu),
      timesLess(facedrop.cpu, faceApi.cpu),
    ]);
  }
  for (const analyser of analysers) analyser.stop();
  return markdownTable(['photo', 'faces found', 'by face-api', 'face-api', 'facedrop', 'times less'], rows);
}

async function startAnalyser(way: string) {
  const child = fork(path.resolve(import.meta.dirname, '..', 'analyser.ts'), [way], {
    serialization: 'advanced',
  });
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
interface StepTimes {
  readonly decode: number;
  readonly detect: number;
  /** Cutting the chips. */
  readonly chips: number;
  /** Estimates of each attribute for all faces. */
  readonly estimates: readonly number[];
}

/** Where the time goes in one photo. */
async function measureSteps({ jpeg }: BenchPhoto): Promise<StepTimes> {
  const { detector, estimators } = await loadModels();
  const photo = await decodePhoto(jpeg, maximumPixels);
  const find = () => findFaces(photo, detector, { ...options, chips });
  const { chips: cut } = await find();
  // A copy each time: networks look only once at the same chips.
  const estimates = estimators.map(
    (estimator) =>
      [estimator.attribute, () => estimator.estimate({ specs: chips, chips: cut.slice() })] as const,
  );
  const times: Readonly<Record<string, number>> = await alternate(
    {
      decode: () => decodePhoto(jpeg, maximumPixels),
      detect: () => detector.detect(photo.pixels, minimumConfidence),
      find,
      ...Object.fromEntries(estimates),
    },
    { turns: TURNS, warmUps: effort(2, 0) },
  );
  const { decode = 0, detect = 0, find: found = 0 } = times;
  return {
    decode,
    detect,
    chips: Math.max(0, found - detect),
    estimates: estimators.map(({ attribute }) => times[attribute] ?? 0),
  };
}

async function steps(photos: readonly BenchPhoto[]): Promise<string> {
  const { estimators } = await loadModels();
  const rows: string[][] = [];
  for (const photo of photos) {
    const { decode, detect, chips: cut, estimates } = await measureSteps(photo);
    const times = [decode, detect, cut, ...estimates];
    rows.push([photo.name, ...[...times, times.reduce((sum, time) => sum + time)].map(ms)]);
  }
  const attributes = estimators.map(({ attribute }) => attribute);
  return markdownTable(['photo', 'decode', 'find faces', 'chips', ...attributes, 'all'], rows);
}

if (import.meta.main) {
  const counted = few([...(await countedPhotos()), await cameraPhoto()]);
  console.log(`### CPU time of a photo

From the JPEG's bytes to faces with ages and genders, in milliseconds of CPU time, all threads, median of ${TURNS}
turns. Each way has a process of its own, with one thread for its networks, and they take turns; face-api on native TensorFlow 2.4.1, which also decodes its photos.

${await comparison([...counted, ...few(await samplePhotos())])}

Where it goes: the age and the gender function each have a network of their own.

${await steps(counted)}
`);
}
