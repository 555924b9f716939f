import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import { attributeOf, nameOf, type Task } from '../../attributes/list.ts';
import type { NetworkInput } from '../../models/build/ranges.ts';
import { TRAINABLE } from '../../networks/catalogue.ts';
import { isClassical } from '../../networks/names.ts';
import { once } from '../../support/once.ts';
import { chipBytes } from '../../vision/chip-spec.ts';
import { FACE_EXTENT, type PreparedFace, type PreparedSet } from '../dataset/prepared.ts';
import { foldOf } from '../dataset/split.ts';
import { mismatch, type TrainingSpec } from '../spec.ts';
import { taskFor } from '../task.ts';
import { loadTensorFlow } from '../tensorflow.ts';
import { cutViews } from './batches.ts';
import { trainClassical } from './classical/train.ts';
import { chipExamples, type Examples, featureExamples, type Parts } from './examples.ts';
import { cachedFeatures } from './feature-cache.ts';
import { identify, type Job, startOf } from './job.ts';
import { runLoop } from './loop.ts';
import { type Control, nameFailure, type Outcome, TrainingError, type Validation } from './outcome.ts';
import { encodeTrunk, writeProducts } from './products.ts';
import { unitsOf } from './target.ts';
import { bytesOf, CENTRE, type ChipShape } from './view.ts';

/**
 * Trains a network on a prepared set, or goes on with a training that stopped before it was finished: it ends
 * with the very same weights, however often it was interrupted.
 *
 * @param directory receives checkpoints, `logs/` for TensorBoard, and in the end `model.json`, `weights.bin`,
 * `model.onnx` and `history.json`
 * @throws TrainingError when it can't go on, with what to do
 */
export async function train(
  spec: TrainingSpec,
  data: PreparedSet,
  directory: string,
  control: Control = {},
): Promise<Outcome> {
  try {
    const task = taskFor(spec, data);
    const { learning } = attributeOf(task);
    const faces = data.faces.filter((face) => face.split !== 'test' && learning.isLabelled(face));
    const parts = {
      train: faces.filter(({ split }) => split === 'train'),
      validation: faces.filter(({ split }) => split === 'validation'),
    };
    const wanted = mismatch(spec.network, learning.ordered);
    if (wanted) {
      const message = `Expected network to be ${wanted} for ${spec.task} but received ${spec.network}.`;
      throw new TrainingError('wrong-network', message);
    }
    check(parts, task, data);
    const folds = Array.from({ length: spec.folds ?? 0 }, (_, fold) => ({
      train: faces.filter((face) => foldOf(face, spec.folds ?? 1) !== fold),
      validation: faces.filter((face) => foldOf(face, spec.folds ?? 1) === fold),
    }));
    checkFolds(folds, data);
    for (const fold of folds) check(fold, task, data);
    await mkdir(directory, { recursive: true });
    if (!isClassical(spec.network)) await loadTensorFlow();
    const job = { spec, task, data, directory, control };
    const validations: Validation[] = [];
    for (const [index, fold] of folds.entries()) {
      const result = await trainParts(job, fold, index + 1);
      if (result.status !== 'finished') return result;
      validations.push(result.best);
    }
    return await trainParts(job, parts, undefined, validations);
  } catch (error) {
    throw nameFailure(error);
  }
}

/** Least steps of a head that begins from chance, and how often it is validated on the way. */
const FRESH_STEPS = 400;
const FRESH_VALIDATIONS = 20;

/** Faces that show the ranges of a quantized network's values. */
const SAMPLES = 128;

/** @param fold from 1; the training proper, which alone has products, is none */
async function trainParts(
  job: Job,
  parts: Parts,
  fold?: number,
  folds: readonly Validation[] = [],
): Promise<Outcome> {
  const { spec, task, data, directory, control } = job;
  const assignment = { ...spec, task };
  if (isClassical(spec.network)) return trainClassical(spec.network, job, parts, fold, folds);
  const network = TRAINABLE[spec.network];
  const {
    features,
    trained,
    whole,
    pretrained = new Set(),
  } = await network.build({
    output: spec.task,
    units: unitsOf(assignment),
    seed: spec.seed,
    ...startOf(control),
  });
  try {
    const chip = { side: network.side, share: network.extent / FACE_EXTENT };
    // A head that begins from chance needs some hundred steps, however few faces there are.
    const least = features && pretrained.size === 0 ? FRESH_STEPS : 0;
    const epoch = Math.ceil(parts.train.length / spec.batch);
    const images = once(() => samples(data, chip));
    const trunk = features && (await encodeTrunk(features, spec.quantized ? images : undefined));
    const examples = trunk
      ? await fromFeatures(job, parts, chip, trunk, features.outputs[0]?.shape.at(-1) ?? 0)
      : chipExamples(data, parts, assignment, chip);
    if (examples === undefined) return interruption(control);
    const result = await runLoop({
      ...{
        spec: assignment,
        control,
        examples,
        fold,
        network: trained,
        pretrained,
        validationFaces: parts.validation,
      },
      steps: spec.steps ?? Math.max(least, Math.ceil((spec.epochs * parts.train.length) / spec.batch)),
      validateEvery: spec.validateEvery ?? Math.max(epoch, Math.ceil(least / FRESH_VALIDATIONS)),
      training: identify(job, fold),
      directory: fold === undefined ? directory : path.join(directory, `fold-${fold}`),
    });
    if (result.status !== 'finished') return result;
    const { step, best, stoppedEarly, history } = result;
    if (fold === undefined) {
      const pace = { examplesPerSecond: 0, secondsPerBatch: 0, estimatedEnd: new Date() };
      control.onProgress?.({ phase: 'export', step, steps: step, ...pace });
      const told = folds.length > 0 ? { ...history, folds } : history;
      const products = { whole, onTrunk: trunk && { trunk, head: trained } };
      const shown = spec.quantized && !trunk ? await images() : undefined;
      await writeProducts(directory, products, spec.task, told, shown);
    }
    return { status: 'finished', step, best, stoppedEarly };
  } finally {
    const networks = [whole, trained, ...(features ? [features] : [])];
    tf.dispose([...new Set(networks.flatMap(({ weights }) => weights.map((weight) => weight.read())))]);
  }
}

/** Chips that show which values the network's tensors take when it serves: the same ones for all trainings on a set. */
async function samples(data: PreparedSet, chip: ChipShape): Promise<NetworkInput[]> {
  const faces = data.faces.filter(({ split }) => split === 'train');
  const step = Math.max(1, faces.length / SAMPLES);
  const chosen = faces.filter((_, index) => index % step < 1);
  const shape = [1, chip.side, chip.side, 3];
  const cut = (face: PreparedFace) =>
    cutViews(data, [face], chip, () => [CENTRE], new Uint8ClampedArray(chipBytes(chip)));
  return Promise.all(chosen.map(async (face) => ({ shape, data: bytesOf(await cut(face)) })));
}

async function fromFeatures(
  { spec, task, data, directory, control }: Job,
  parts: Parts,
  chip: ChipShape,
  trunk: Uint8Array,
  width: number,
): Promise<Examples | undefined> {
  // All faces, whatever is learned of them: other trainings on the set can use them, too.
  const faces = data.faces.filter(({ split }) => split !== 'test');
  const cache = control.cache ?? { directory };
  const values = await cachedFeatures({
    ...{ set: data, faces, chip, spec, cache, control },
    // As it is served: what is learned of it so fits what is seen then.
    network: trunk,
    width,
  });
  if (values === undefined) return undefined;
  const rows = new Map(faces.map((face, index) => [face, index * spec.views]));
  const features = (face: PreparedFace, view: number) => {
    const start = ((rows.get(face) ?? 0) + view) * width;
    return values.subarray(start, start + width);
  };
  return featureExamples(features, parts, { ...spec, task });
}

const interruption = ({ signal }: Control): Outcome => ({
  status: signal?.aborted ? 'cancelled' : 'continue',
  step: 0,
});

function checkFolds(folds: readonly Parts[], { name }: PreparedSet): void {
  const filled = folds.filter(({ validation }) => validation.length > 0).length;
  if (filled === folds.length) return;
  throw new TrainingError(
    'empty-set',
    `Expected faces in each of ${folds.length} folds of data set ${name} but only ${filled} have any. Ask for fewer ` +
      'folds: a column "fold" says which there are.',
  );
}

function check({ train, validation }: Parts, task: Task, { name }: PreparedSet): void {
  for (const [faces, purpose] of [
    [train, 'to learn from'],
    [validation, 'to validate on'],
  ] as const) {
    if (faces.length > 0) continue;
    throw new TrainingError(
      'empty-set',
      `Expected faces with a known ${nameOf(task)} ${purpose} in data set ${name} but there are none. ` +
        'Add photos, labels, or a column "split".',
    );
  }
  const { learning } = attributeOf(task);
  const classes = new Set(train.map((face) => learning.classOf(face)));
  if (classes.size > 1) return;
  throw new TrainingError(
    'one-class',
    `Expected faces of several ${learning.wording.several} to learn from in data set ${name} but ` +
      'all are of one: there is nothing to tell apart.',
  );
}
