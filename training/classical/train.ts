import { rename, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { openSession, runChips } from '../../layers/onnx/session.ts';
import {
  EXTENT,
  encodeDescriptors,
  HOG_LENGTH,
  LBP_LENGTH,
  SIDE,
} from '../../networks/classical/descriptors.ts';
import { encodeLbpHogSvr } from '../../networks/classical/lbp-hog-svr.ts';
import { chipBytes } from '../../vision/chip-spec.ts';
import { FACE_EXTENT, type PreparedFace } from '../dataset/prepared.ts';
import { concatRows, cutViews } from '../trainer/batches.ts';
import type { Parts } from '../trainer/examples.ts';
import { cachedFeatures } from '../trainer/feature-cache.ts';
import type { Job } from '../trainer/job.ts';
import type { Outcome, Validation } from '../trainer/outcome.ts';
import { Tally, targetOf } from '../trainer/target.ts';
import { bytesOf, CENTRE } from '../trainer/view.ts';
import { fit } from './lbp-hog-svr.ts';
import { pickRows } from './rows.ts';

const CHIP = { side: SIDE, share: EXTENT / FACE_EXTENT };
const WIDTH = LBP_LENGTH + HOG_LENGTH;
/** How long learning takes, in milliseconds, once the features are there. */
const LEARNING = 120_000;
/** Validation faces that are in memory together. */
const BATCH = 64;

/**
 * Learns `lbp-hog-svr`: describes all faces, as they are served, and then learns at once. What was described is kept when
 * it is interrupted; the rest takes a minute or two.
 */
export async function trainClassical(
  job: Job,
  { train, validation }: Parts,
  fold?: number,
  folds: readonly Validation[] = [],
): Promise<Outcome> {
  const { spec, task, data, directory, control } = job;
  const faces = data.faces.filter(({ split }) => split !== 'test');
  const begun = Date.now();
  const values = await cachedFeatures({
    ...{ set: data, faces, chip: CHIP, control, cache: control.cache ?? { directory } },
    spec: { ...spec, views: 1 },
    network: encodeDescriptors(),
    width: WIDTH,
  });
  const isHurried = isShort(control.deadline, Math.min(LEARNING, Date.now() - begun));
  if (!values || isHurried) return { status: control.signal?.aborted ? 'cancelled' : 'continue', step: 0 };
  const places = new Map(faces.map((face, index) => [face, index]));
  const indices = train.map((face) => places.get(face) ?? 0);
  const descriptors = pickRows({ data: values, rows: faces.length, columns: WIDTH }, indices);
  const targets = concatRows(train.map((face) => targetOf(face, { ...spec, task })));
  const columns = targets.length / train.length;
  const learned = await fit(
    {
      descriptors,
      numbers: train.map((face) => meanUnit(targetOf(face, { ...spec, task }))),
      targets: { data: targets, rows: train.length, columns },
    },
    spec,
  );
  const suffix = fold === undefined ? '' : `-fold-${fold}`;
  const file = path.join(directory, `model${suffix}.onnx`);
  await writeFile(file, encodeLbpHogSvr(learned, spec.task));
  const best = await validate(file, job, validation);
  if (fold === undefined) {
    const history = { steps: [], validations: [best], ...(folds.length > 0 && { folds }) };
    const target = path.join(directory, 'history.json');
    await writeFile(`${target}.new`, JSON.stringify(history));
    await rename(`${target}.new`, target);
  }
  return { status: 'finished', step: 1, best, stoppedEarly: false };
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
