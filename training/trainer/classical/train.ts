import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import writeFileAtomic from 'write-file-atomic';
import * as z from 'zod';
import { attributeOf } from '../../../attributes/list.ts';
import { openSession, runChips } from '../../../layers/onnx/session.ts';
import { EXTENT, SIDE } from '../../../networks/classical/chips.ts';
import { encodeDescriptors, HOG_LENGTH, LBP_LENGTH } from '../../../networks/classical/descriptors.ts';
import { encodeLbpHogSvr } from '../../../networks/classical/lbp-hog-svr.ts';
import { encodeLbpSparse } from '../../../networks/classical/lbp-sparse.ts';
import { encodeRegions, REGION_LENGTHS } from '../../../networks/classical/regions.ts';
import type { ClassicalName } from '../../../networks/names.ts';
import { chipBytes } from '../../../vision/chip-spec.ts';
import { FACE_EXTENT, type PreparedFace } from '../../dataset/prepared.ts';
import { foldOf } from '../../dataset/split.ts';
import { concatRows, cutViews } from '../batches.ts';
import type { Parts } from '../examples.ts';
import { cachedFeatures } from '../feature-cache.ts';
import { identify, type Job } from '../job.ts';
import { type Outcome, type Validation, validationSchema } from '../outcome.ts';
import { Tally, targetOf } from '../target.ts';
import { bytesOf, CENTRE } from '../view.ts';
import * as lbpHogSvr from './lbp-hog-svr.ts';
import * as lbpSparse from './lbp-sparse.ts';
import { pickRows, type Rows } from './rows.ts';

const CHIP = { side: SIDE, share: EXTENT / FACE_EXTENT };
/** How long learning takes at most, in milliseconds, once the features are there. */
const LEARNING = 120_000;
/** Validation faces that are in memory together. */
const BATCH = 64;
/** Parts of the faces that are left out in turn, to learn from the others how sure answers are. */
const LEFT_OUT = 5;

/** A fold that is done, in a file of its own: should the training be interrupted, it is not learned again. */
const doneSchema = z.object({
  /** What it was a fold of. */
  training: z.string(),
  best: validationSchema,
  /** How long learning took, in milliseconds. */
  time: z.number(),
});
type Done = z.infer<typeof doneSchema>;

interface Classical {
  /** ONNX file from chips to `features`. */
  readonly encodeFeatures: () => Uint8Array;
  /** How many features there are. */
  readonly width: number;
  /** @returns an ONNX file from chips to probabilities */
  readonly learn: (features: Rows, faces: readonly PreparedFace[], job: Job) => Promise<Uint8Array>;
}

const CLASSICAL: Readonly<Record<ClassicalName, Classical>> = {
  'lbp-hog-svr': {
    encodeFeatures: encodeDescriptors,
    width: LBP_LENGTH + HOG_LENGTH,
    async learn(descriptors, faces, { spec, task }) {
      const targets = faces.map((face) => targetOf(face, { ...spec, task }));
      const data = concatRows(targets);
      const learned = await lbpHogSvr.fit(
        {
          descriptors,
          numbers: targets.map(meanUnit),
          targets: { data, rows: faces.length, columns: data.length / faces.length },
        },
        spec,
      );
      return encodeLbpHogSvr(learned, spec.task);
    },
  },
  'lbp-sparse': {
    encodeFeatures: encodeRegions,
    width: REGION_LENGTHS.reduce((sum, length) => sum + length, 0),
    async learn(descriptors, faces, { spec, task }) {
      const { classes, classOf } = attributeOf(task).learning;
      const learned = await lbpSparse.fit(
        {
          descriptors,
          classes: faces.map(classOf),
          count: classes.length,
          parts: partsOf(faces),
        },
        spec,
      );
      return encodeLbpSparse(learned, spec.task);
    },
  },
};

/**
 * Learns a classical network: describes all faces, as they are served, and then learns at once. What was described is kept
 * when it is interrupted; the rest takes a minute or two.
 */
export async function trainClassical(
  network: ClassicalName,
  job: Job,
  { train, validation }: Parts,
  fold?: number,
  folds: readonly Validation[] = [],
): Promise<Outcome> {
  const { spec, data, directory, control } = job;
  const { encodeFeatures, width, learn } = CLASSICAL[network];
  const faces = data.faces.filter(({ split }) => split !== 'test');
  const training = identify(job, fold);
  const fileOf = (of: number) => path.join(directory, `fold-${of}.json`);
  const done = fold === undefined ? undefined : await readDone(fileOf(fold), training);
  if (done) return { status: 'finished', step: 1, best: done.best, stoppedEarly: false };
  const begun = Date.now();
  const values = await cachedFeatures({
    ...{ set: data, faces, chip: CHIP, control, cache: control.cache ?? { directory } },
    spec: { ...spec, views: 1 },
    network: encodeFeatures(),
    width,
  });
  // The fold before took as long; before the first one, the features show how fast the machine is.
  const before = fold !== undefined && fold > 1 ? await readDone(fileOf(fold - 1)) : undefined;
  const isHurried = isShort(control.deadline, before?.time ?? Math.min(LEARNING, Date.now() - begun));
  const isAborted = control.signal?.aborted ?? false;
  if (!values || isHurried || isAborted) return { status: isAborted ? 'cancelled' : 'continue', step: 0 };
  const start = Date.now();
  const places = new Map(faces.map((face, index) => [face, index]));
  const indices = train.map((face) => places.get(face) ?? 0);
  const features = pickRows({ data: values, rows: faces.length, columns: width }, indices);
  const suffix = fold === undefined ? '' : `-fold-${fold}`;
  const file = path.join(directory, `model${suffix}.onnx`);
  await writeFile(file, await learn(features, train, job));
  const best = await validate(file, job, validation);
  const pace = { examplesPerSecond: 0, secondsPerBatch: 0, estimatedEnd: new Date() };
  control.onProgress?.({
    ...{ phase: 'training', step: 1, steps: 1, validation: best, ...pace },
    ...(fold !== undefined && { fold }),
  });
  if (fold === undefined) {
    const history = { steps: [], validations: [best], ...(folds.length > 0 && { folds }) };
    await writeFileAtomic(path.join(directory, 'history.json'), JSON.stringify(history));
  } else {
    const told: Done = { training, best, time: Date.now() - start };
    await writeFileAtomic(fileOf(fold), JSON.stringify(told));
  }
  return { status: 'finished', step: 1, best, stoppedEarly: false };
}

/** @param training of which it must be a fold */
async function readDone(file: string, training?: string): Promise<Done | undefined> {
  const text = await readFile(file, 'utf8').catch(() => undefined);
  const done = text === undefined ? undefined : doneSchema.parse(JSON.parse(text));
  return training === undefined || done?.training === training ? done : undefined;
}

/** The part of each face: those of a person are in the same one, unless all are of one person. */
function partsOf(faces: readonly PreparedFace[]): number[] {
  const parts = faces.map(({ subject, hash }) => foldOf({ hash, ...(subject && { subject }) }, LEFT_OUT));
  return new Set(parts).size > 1 ? parts : faces.map((_, index) => index % LEFT_OUT);
}

/** Whether less time than this is left: the next try has more, as it finds the features. */
const isShort = (deadline: Date | undefined, time: number): boolean =>
  deadline !== undefined && deadline.getTime() - Date.now() < time;

/** The unit that a target stands for: of ages the year. */
const meanUnit = (target: Float32Array): number => target.reduce((sum, share, unit) => sum + share * unit, 0);

async function validate(
  file: string,
  { spec, task, data }: Job,
  faces: readonly PreparedFace[],
): Promise<Validation> {
  const session = await openSession(file);
  const tally = new Tally({ ...spec, task });
  for (let start = 0; start < faces.length; start += BATCH) {
    const part = faces.slice(start, start + BATCH);
    const chips = new Uint8ClampedArray(part.length * chipBytes(CHIP));
    await cutViews(data, part, CHIP, () => [CENTRE], chips);
    const answers = await runChips(session, bytesOf(chips), SIDE, [spec.task]);
    for (const [index, face] of part.entries()) {
      tally.add(answers[index]?.[spec.task] ?? [], targetOf(face, { ...spec, task }), face);
    }
  }
  await session.release();
  return tally.result(1);
}
