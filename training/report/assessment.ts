import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import sharp from 'sharp';
import type { AttributeCalibration } from '../../attributes/learning.ts';
import { attributeOf, nameOf, type Task } from '../../attributes/list.ts';
import { BUILTIN } from '../../models/card.ts';
import type { CardDraft } from '../../models/model-folder.ts';
import type { PreparedFace, PreparedSet } from '../dataset/prepared.ts';
import { type Answer, type JudgedFace, knownOf } from '../evaluation/answer.ts';
import { CONSTANT_ANSWER, type Decision, decide, type Margins } from '../evaluation/decision.ts';
import { evaluate } from '../evaluation/evaluation.ts';
import { constantOf, openNetwork, type Predictor, predict, type Sight } from '../evaluation/prediction.ts';
import { type History, historySchema } from '../trainer/outcome.ts';
import { renderReport } from './page.ts';
import { describeData, type Report } from './report.ts';

/** A trained network, not in the registry yet. */
export interface Candidate extends Omit<Sight, 'task'> {
  readonly task: Task;
  /** The network's name: "transfer" … */
  readonly name: string;
  readonly version: string;
  /** One of the attribute's outputs. */
  readonly output: string;
  /** Holds `model.onnx`, and `trunk.onnx` and `history.json` where there are such; the report is written here. */
  readonly folder: string;
  /** Id of the training, and what was asked for. */
  readonly training?: string;
  readonly spec?: Readonly<Record<string, unknown>>;
}

export interface AssessmentOptions {
  readonly margins?: Partial<Margins>;
  /** Show the faces of the worst errors in the report. */
  readonly pictures?: boolean;
}

export interface Assessment {
  readonly report: Report;
  readonly decision: Decision;
  /** Ready for `publish`. */
  readonly draft: CardDraft;
}

/** Side of the pictures in the report, in pixels. */
const PICTURE_SIDE = 112;

/**
 * Judges a trained network beside the one in service on the set's test faces, after learning from its validation
 * faces how its answers are read, and writes `report.json` and `report.html`.
 * @throws Error when there is no labelled validation face to learn that from
 */
export async function assess(
  candidate: Candidate,
  set: PreparedSet,
  inService: Predictor | undefined,
  { margins = {}, pictures = false }: AssessmentOptions = {},
): Promise<Assessment> {
  const { task, name, version, output, input, views, folder } = candidate;
  const attribute = attributeOf(task);
  const labelled = set.faces.filter((face) => attribute.learning.isLabelled(face));
  const of = (split: PreparedFace['split']) => labelled.filter((face) => face.split === split);
  const [validation, test] = [of('validation'), of('test')];

  const sight = { ...candidate, task: nameOf(task) };
  const network = await openNetwork(folder, sight);
  const { calibration } = attribute.learning;
  const reading = calibration
    ? calibration.calibrate(await answersTo(chooseExact(validation, calibration)), output, of('train'))
    : { output };
  async function answersTo(faces: readonly PreparedFace[]) {
    const predictions = await predict(network, sight, set, faces);
    return faces.map((label, index) => ({ label, probabilities: predictions[index] ?? [] }));
  }

  const answers = (await predict(network, sight, set, test)).map(
    (probabilities): Answer => attribute.read(probabilities, reading, { name, version }),
  );
  const names = nameFaces(test);
  const judged = join(task, test, names, answers);
  const isComparable = inService !== undefined && keepsMeaning(task, inService.task);
  const opponent = isComparable ? inService : constantOf(task, of('train'), output, reading);
  const others = join(task, test, names, await opponent.answer(set, test));
  const decided = decide(task, judged, others, margins, isComparable ? undefined : CONSTANT_ANSWER);
  const decision = inService && !isComparable ? holdBack(decided) : decided;
  const createdAt = new Date().toISOString();
  const evaluation = evaluate(task, judged);
  const history = await readHistory(folder);
  const report: Report = {
    task,
    createdAt,
    candidate: { name, version, evaluation },
    inService: { ...opponent.model, evaluation: evaluate(task, others) },
    decision,
    ...(calibration && { reading }),
    data: describeData(set.name, set.faces, set.contentHash, task),
    ...(history && { history }),
    ...(candidate.spec && { spec: candidate.spec }),
  };
  await writeFile(path.join(folder, 'report.json'), `${JSON.stringify(report, undefined, 2)}\n`);
  const shown = pictures
    ? await pictureFaces(set, new Map(test.map((face, index) => [names[index], face])), evaluation.worst)
    : new Map();
  await writeFile(path.join(folder, 'report.html'), renderReport(report, { pictures: shown }));

  const common = {
    name,
    version,
    input,
    views,
    trainedOn: {
      data: set.name,
      hash: set.contentHash,
      ...(candidate.training !== undefined && { training: candidate.training }),
      faces: { train: of('train').length, validation: validation.length, test: test.length },
    },
    metrics: evaluation.overall,
    verdict: {
      against: inService?.version ?? BUILTIN,
      promote: decision.promote,
      reasons: [...decision.reasons],
    },
    createdAt,
  };
  // Each task has fields of its own: the reading's.
  const own = typeof task === 'string' ? { task } : { task: task.name, definition: task };
  const draft = { ...common, ...own, ...reading } as CardDraft;
  return { report, decision, draft };
}

/**
 * Whether answers mean what they meant before. A column may have been numbers, and be classes now; classes may have gone, or be
 * spelt in another way; numbers from 1 to 5 may have become shares: answers to the two can't be compared.
 */
export function keepsMeaning(now: Task, before: Task): boolean {
  if (typeof now === 'string' || typeof before === 'string') return now === before;
  if (now.kind === 'classes' && before.kind === 'classes') {
    return before.classes.every((each) => now.classes.includes(each));
  }
  if (now.kind === 'classes' || before.kind === 'classes') return false;
  // Where nobody says the range, it is that of the labels, which changes a little with each of them.
  const [[low, high], [least, most]] = [now.range, before.range];
  const shared = Math.min(high, most) - Math.max(low, least);
  return shared >= SHARED_RANGE * (Math.max(high, most) - Math.min(low, least));
}

/** Ranges of numbers that mean the same have this share of both in common. */
const SHARED_RANGE = 0.5;

/** Whoever reads results relies on what they are, so that people decide whether that changes. */
const holdBack = (decision: Decision): Decision => ({
  ...decision,
  promote: false,
  reasons: [
    ...decision.reasons,
    'The results of the model in service are of another kind: a number instead of classes, other classes, or numbers from another range. Programs that read results may rely on them, so put this model into service yourself.',
  ],
});

/** The faces whose labels are exact; all where there is none. */
function chooseExact(
  faces: readonly PreparedFace[],
  calibration: AttributeCalibration,
): readonly PreparedFace[] {
  const exact = faces.filter((face) => calibration.isExact(face));
  return exact.length > 0 ? exact : faces;
}

/** Faces are called by their photo, and numbered when there are several. */
function nameFaces(faces: readonly PreparedFace[]): string[] {
  const seen = new Map<string, number>();
  return faces.map(({ file }) => {
    const number = (seen.get(file) ?? 0) + 1;
    seen.set(file, number);
    return number === 1 ? file : `${file} (${number})`;
  });
}

/** @param answers may be about other tasks, too */
const join = (
  task: Task,
  faces: readonly PreparedFace[],
  names: readonly string[],
  answers: readonly Answer[],
): JudgedFace[] =>
  faces.map((face, index) => ({
    face: names[index] ?? '',
    ...knownOf(face),
    said: { [nameOf(task)]: answers[index]?.[nameOf(task)] },
  }));

async function readHistory(folder: string): Promise<History | undefined> {
  const file = path.join(folder, 'history.json');
  return existsSync(file) ? historySchema.parse(JSON.parse(await readFile(file, 'utf8'))) : undefined;
}

async function pictureFaces(
  set: PreparedSet,
  faces: ReadonlyMap<string | undefined, PreparedFace>,
  shown: readonly JudgedFace[],
): Promise<Map<string, Uint8Array>> {
  const pictures = new Map<string, Uint8Array>();
  for (const { face } of shown) {
    const prepared = faces.get(face);
    if (!prepared) continue;
    const jpeg = await set.read(prepared);
    pictures.set(face, await sharp(jpeg).resize(PICTURE_SIDE).jpeg({ quality: 80 }).toBuffer());
  }
  return pictures;
}
